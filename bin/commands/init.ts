/**
 * `restante init [DIR]`: a folder to begin with: a scenario with editor help, a fault plan of its own, and a workflow that runs both
 * on each pull request. Nothing that exists is touched.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../../results/exit-codes.js';
import { whyNotWritten } from '../../results/folder/file-error.js';
import { makeFolder } from '../../results/folder/make-folder.js';
import { columns } from '../../results/text/format.js';
import { SCHEMA_FILE } from '../../workloads/scenario/json-schema.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { version } from '../version.js';

const MODELINE = `# yaml-language-server: $schema=../node_modules/restante/${SCHEMA_FILE}`;

interface Scaffold {
  readonly path: string;
  readonly about: string;
  readonly text: string;
}

/** Whose CI the workflow is for. */
export type Ci = 'github' | 'gitlab';

/** The files, by path below the folder. */
export function scaffold(name: string, ci: Ci = 'github'): Scaffold[] {
  return [
    {
      path: `scenarios/${name}.restante.yaml`,
      about: '2,000 subscribers, Pager Mode messages, an outage',
      text: `${MODELINE}
# What this is for: say it here. Every number below is assumed; replace each by one of yours and say where it comes from.
version: 1
name: ${name}
description: 2,000 subscribers, an outage of 60 s for half of them
seed: "42"

rampUp: 30s
duration: 5m
drain: 3m

population:
  subscribers: 2000

traffic:
  pager:
    executor: constant-arrival-rate
    process: poisson
    rate: 20/s
    size: { dist: pareto, min: 20B, max: 400B, alpha: 1.6 }

network: { delay: 25ms, jitter: 5ms }

client: { backoffBase: 5s, backoffMax: 60s, reconnectJitter: 20s }

faults:
  - { at: 2m, for: 60s, kind: partition, target: clients, mode: fixed-percent, value: 50 }

thresholds:
  ihs: "rate<5%"
`,
    },
    {
      path: `faults/${name}-loss.yaml`,
      about: 'another fault plan for it: packet loss and a crash of the IM Server',
      text: `# In the place of the scenario's own faults: restante run scenarios/${name}.restante.yaml --faults faults/${name}-loss.yaml
faults:
  - { at: 2m, for: 60s, kind: loss, target: clients, mode: all, percent: 5% }
  - { at: 4m, for: 5s, kind: crash, target: im }
`,
    },
    ci === 'github' ? githubWorkflow(name) : gitlabPipeline(name),
    {
      path: 'restante.config.yaml',
      about: 'settings: where results go; restante --print-config shows all',
      text: `# Settings for all commands in this folder and below it. The command line and RESTANTE_... of the environment go before them.
results: results # runs, studies, baselines and capsules are below it
# jobs: 2 # cells of a study at a time; the results are the same for any number
# drawings: true # charts in report.html for readers without script
`,
    },
    {
      path: 'package.json',
      about: 'which version of restante the results are of',
      text: `${JSON.stringify(
        {
          name,
          private: true,
          scripts: {
            validate: 'restante validate scenarios/*.yaml',
            simulate: `restante run scenarios/${name}.restante.yaml`,
            accept: 'restante baseline accept results/runs/latest',
          },
          devDependencies: { restante: `^${version()}` },
        },
        null,
        2,
      )}\n`,
    },
    {
      path: '.gitignore',
      about: 'keeps results out of the repository',
      text: 'node_modules/\nresults/*\n!results/baselines/\n',
    },
  ];
}

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
      # Exit code 3: a threshold failed; 4: an invariant was violated; 5: worse than the accepted baseline.
      # A failed threshold is marked at its line of the scenario.
      - run: npx restante run scenarios/${name}.restante.yaml --out results/${name} --baseline
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
    # Exit code 3: a threshold failed; 4: an invariant was violated; 5: worse than the accepted baseline.
    - npx restante run scenarios/${name}.restante.yaml --out results/${name} --baseline
  artifacts:
    when: always
    paths: [results/${name}]
    reports:
      junit: results/${name}/junit.xml
      codequality: results/${name}/code-quality.json
`,
  };
}

/** Writes the folder. Throws a `UsageError` if it cannot be written or one of its files exists. */
export function init(folder: string, streams: Streams, ci: Ci = 'github'): void {
  const name = nameOf(folder);
  // A project that is there already keeps its package.json.
  const files = scaffold(name, ci).filter(
    ({ path }) => path !== 'package.json' || !existsSync(join(folder, path)),
  );
  const there = files.find(({ path }) => existsSync(join(folder, path)));
  if (there !== undefined)
    throw new UsageError(
      `${join(folder, there.path)} is there already: nothing was written\nName another folder: restante init DIR`,
    );
  try {
    for (const { path, text } of files) {
      const target = join(folder, path);
      makeFolder(dirname(target));
      writeFileSync(target, text, { flag: 'wx' });
    }
  } catch (error) {
    throw new UsageError(`cannot write ${folder}: ${whyNotWritten(error)}`);
  }
  const rows = columns(files.map(({ path }) => [path, '|']));
  streams.out(`Created ${folder}\n`);
  files.forEach(({ about }, i) => streams.out(`  ${rows[i].slice(0, -1)}${about}\n`));
  streams.out('Editor help is on where the package is installed: the scenario points at its JSON Schema.\n');
  const scenario = shellWord(join(folder, 'scenarios', `${name}.restante.yaml`));
  streams.err(
    `\nNext:  restante plan ${scenario}\n       restante run ${scenario}\n       npm install   in ${folder}, and commit package-lock.json: the workflow needs it\n`,
  );
}

/** A scenario name from the name of the folder. */
function nameOf(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'first' : name;
}
