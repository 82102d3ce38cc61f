/**
 * The workflow that `restante init` writes, for GitHub or for GitLab: it installs what package-lock.json names, validates, runs the
 * scenario and compares it with the accepted baseline.
 *
 * The first run has nothing to compare with and may pass. Once a baseline is accepted one is required: an edited scenario cannot be
 * compared with the old baseline, and must not pass for that.
 */

/** A file of the folder, its path below it, and what is said of it. */
export interface Scaffold {
  readonly path: string;
  readonly about: string;
  readonly text: string;
}

/** Whose CI the workflow is for. */
export type Ci = 'github' | 'gitlab';

export function workflow(name: string, ci: Ci): Scaffold {
  return ci === 'github' ? githubWorkflow(name) : gitlabPipeline(name);
}

const CODES = [
  '# Exit code 3: a threshold failed; 4: an invariant was violated; 5: worse than the accepted baseline; 6: there is a baseline, and',
  '# it says nothing about this run. Who edits the scenario accepts a new one: restante baseline accept results/runs/latest',
];

const gate = (name: string) => [
  `if ls results/baselines/${name}-*.json > /dev/null 2>&1; then required=--require-baseline; fi`,
  `npx restante run scenarios/${name}.restante.yaml --out results/${name} --baseline $required`,
];

/** `lines` below one another, each indented by `spaces`. */
const indented = (lines: readonly string[], spaces: number) =>
  lines.map((line) => `${' '.repeat(spaces)}${line}`).join('\n');

function githubWorkflow(name: string): Scaffold {
  return {
    path: '.github/workflows/restante.yml',
    about: 'validates and runs the scenario on each pull request',
    text: `name: restante
on:
  pull_request:
jobs:
  simulate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
          cache: npm
      # package-lock.json comes from the first npm install and is committed; the cache above goes by it.
      - run: npm ci
      - run: npx restante validate scenarios/*.yaml
${indented(CODES, 6)}
      # A failed threshold is marked at its line of the scenario.
      - run: |
${indented(gate(name), 10)}
      - if: always()
        run: |
          for part in summary comparison; do
            if [ -f "results/${name}/$part.md" ]; then cat "results/${name}/$part.md" >> "$GITHUB_STEP_SUMMARY"; fi
          done
      - if: always()
        uses: actions/upload-artifact@v4
        with:
          name: restante-${name}
          path: results/${name}
`,
  };
}

function gitlabPipeline(name: string): Scaffold {
  return {
    path: '.gitlab-ci.yml',
    about: 'validates and runs the scenario on each merge request',
    text: `restante:
  image: node:20
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  cache:
    key: { files: [package-lock.json] }
    paths: [.npm/]
  script:
    - npm ci --cache .npm
    - npx restante validate scenarios/*.yaml
${indented(CODES, 4)}
    - |
${indented(gate(name), 6)}
  artifacts:
    when: always
    paths: [results/${name}]
    reports:
      junit: results/${name}/junit.xml
      codequality: results/${name}/code-quality.json
`,
  };
}
