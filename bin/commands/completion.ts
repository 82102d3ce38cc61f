/** `restante completion`: a script by which bash or zsh completes commands, flags and scenarios. */
import { shippedScenarios } from '../../workloads/scenario/scenario-files.js';

/** Gives the script; `flags` are those of each command, without their hyphens. */
export function completionScript(
  shell: 'bash' | 'zsh',
  flags: Readonly<Record<string, readonly string[]>>,
): string {
  const cases = Object.entries(flags).map(
    ([command, names]) => `    ${command}) words="${names.map((name) => `--${name}`).join(' ')}" ;;`,
  );
  const scenarios = shippedScenarios().join(' ');
  return [
    `# ${shell}: eval "$(restante completion ${shell})"`,
    ...(shell === 'zsh' ? ['autoload -Uz bashcompinit && bashcompinit'] : []),
    '_restante() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" words=""',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${Object.keys(flags).join(' ')}" -- "$word")); return`,
    '  fi',
    '  case "${COMP_WORDS[1]}" in',
    ...cases,
    '  esac',
    '  case "$word" in',
    '    -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;',
    `    *) COMPREPLY=($(compgen -W "${scenarios}" -- "$word") $(compgen -f -- "$word")) ;;`,
    '  esac',
    '}',
    'complete -F _restante restante',
    '',
  ].join('\n');
}
