/** In which CI this runs, by the variables that it sets in each job. Small, for it is asked at the end of every run. */

export type Ci = 'github' | 'gitlab';

export function ciOf({ GITHUB_ACTIONS, GITLAB_CI } = process.env): Ci | undefined {
  if (GITLAB_CI === 'true') return 'gitlab';
  return GITHUB_ACTIONS === 'true' ? 'github' : undefined;
}
