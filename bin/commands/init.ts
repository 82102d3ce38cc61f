/**
 * `restante init [DIR]`: a folder to begin with: a scenario with editor help, a fault plan of its own, and a workflow that runs the
 * scenario on each pull request. Nothing that exists is touched.
 *
 * Not done here: installing. The folder depends on the packed program beside it (D-151), and what is printed makes that file.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../../results/exit-codes.js';
import { whyNotWritten } from '../../results/folder/file-error.js';
import { makeFolder } from '../../results/folder/make-folder.js';
import { columns } from '../../results/text/format.js';
import { packageFolder } from '../../workloads/package-folder.js';
import { SCHEMA_FILE } from '../../workloads/scenario/json-schema.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { version } from '../version.js';
import { workflow, type Ci, type Scaffold } from './init-workflows.js';

const MODELINE = `# yaml-language-server: $schema=../node_modules/restante/${SCHEMA_FILE}`;

/** What `npm pack` makes of this program. */
const packed = () => `restante-${version()}.tgz`;

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
    workflow(name, ci),
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
          devDependencies: { restante: `file:${packed()}` },
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
  streams.err(`\n${next(folder, name)}`);
}

/** The commands that make the folder work. They begin with `cd`: the configuration of the folder holds for commands in it. */
function next(folder: string, name: string): string {
  const scenario = `scenarios/${name}.restante.yaml`;
  const enter = resolve(folder) === resolve('.') ? [] : [`cd ${shellWord(folder)}`];
  const commands = [
    ...enter,
    `npm pack --ignore-scripts ${shellWord(packageFolder())} && npm install --save-dev ./${packed()}`,
    `npx restante plan ${scenario}`,
    `npx restante run ${scenario}`,
  ];
  const lines = commands.map((command, i) => `${i === 0 ? 'Next:  ' : '       '}${command}\n`);
  return `${lines.join('')}Commit ${packed()} and package-lock.json, too: the workflow installs the program from them.\n`;
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
