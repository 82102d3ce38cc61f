/** `restante completion`: a script by which bash, zsh or fish completes commands, flags and scenarios. */
import { shippedScenarios } from '../../workloads/scenario/scenario-files.js';

/** The flags of each command, without their hyphens. */
type Flags = Readonly<Record<string, readonly string[]>>;

/** Gives the script; every command has `--help` besides its own flags. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', flags: Flags): string {
  const all = Object.fromEntries(Object.entries(flags).map(([command, own]) => [command, [...own, 'help']]));
  const lines = shell === 'fish' ? fishLines(all) : bashLines(shell, all);
  return `${lines.join('\n')}\n`;
}

/** For bash, and for zsh by its own emulation of it. */
function bashLines(shell: 'bash' | 'zsh', flags: Flags): string[] {
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
  ];
}

/** For fish: a rule a line. Files are offered behind a command, since no rule there says -f. */
function fishLines(flags: Flags): string[] {
  const rule = (condition: string, offer: string) => `complete -c restante -n '${condition}' ${offer}`;
  return [
    '# fish: restante completion fish | source',
    rule('__fish_use_subcommand', `-f -a '${Object.keys(flags).join(' ')}'`),
    rule('not __fish_use_subcommand', `-a '${shippedScenarios().join(' ')}'`),
    ...Object.entries(flags).flatMap(([command, names]) =>
      names.map((name) => rule(`__fish_seen_subcommand_from ${command}`, `-l ${name}`)),
    ),
  ];
}
