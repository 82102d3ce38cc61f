/**
 * What makes the charts of a page live, read from the packages that are installed: Vega, its interpreter of expressions, and our
 * script; and the policy that lets a page run these and load nothing.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { LIVE_SCRIPT } from './live-script.js';

export interface Assets {
  /** A classic script, then a module. */
  readonly vega: string;
  readonly module: string;
  /** Content-Security-Policy of a page with them. */
  readonly policy: string;
  /** Whose work is in the page, and on what terms. */
  readonly notice: string;
}

/** Reads them. */
export function assets(): Assets {
  const beside = (name: string, file: string) =>
    readFileSync(new URL(file, import.meta.resolve(name)), 'utf8').replaceAll('\r\n', '\n');
  const vega = withoutMap(beside('vega', './vega.min.js'));
  const interpreter = selfContained(withoutMap(beside('vega-interpreter', './vega-interpreter.js')));
  const module = `${interpreter}\n${LIVE_SCRIPT}`;
  for (const script of [vega, module]) {
    if (/<\/script|<!--/i.test(script)) throw new Error('a script that would end its own element');
  }
  const sources = [vega, module].map(
    (script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return {
    vega,
    module,
    policy: policyOf(`script-src ${sources.join(' ')}; `),
    notice: `Vega 6 and vega-interpreter are in this page (BSD-3-Clause), with parts of D3 (ISC, Copyright Mike Bostock).\n${beside('vega', '../LICENSE').replaceAll('--', '- -')}`,
  };
}

/** The policy of a page with `scripts`, none if that is empty: inline styles, inline images, and nothing from anywhere. */
export function policyOf(scripts: string): string {
  return `default-src 'none'; ${scripts}style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
}

/** The interpreter takes helpers of vega-util, which Vega gives out as its own. */
function selfContained(module: string): string {
  const own = module.replace(
    /^import \{([^}]*)\} from (["'])vega-util\2;$/m,
    (_, names: string) => `const {${names.replaceAll(' as ', ': ')}} = vega;`,
  );
  if (/^import /m.test(own)) throw new Error('the interpreter of expressions needs a module of its own');
  return own;
}

function withoutMap(script: string): string {
  return script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
}
