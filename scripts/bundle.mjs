// Puts the emitted JavaScript, with the packages that it needs, into the few files of dist/bundle/: what starts quickly. Node resolves
// and reads hundreds of small modules more slowly than it simulates a small world. `dist/bin/restante.js` takes the bundle if it is
// not older than the build, and the modules themselves otherwise, so the bundle may be absent: without the bundler this says so and
// does not fail. An argument names another folder to write to.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, process.argv[2] ?? 'dist/bundle');
/** The program, and the threads that it starts by their names beside it. */
const PROGRAM = [
  'bin/program',
  'bin/report/report-worker',
  'workloads/executors/fuzz-worker',
  'workloads/executors/thread-worker',
];
/** The benchmark, in a folder of its own: what it asks of the program's inside would change how that is cut into files. */
const BENCHMARK = ['bench/main', 'bench/footprint-child'];

/** hdr-histogram-js asks for zlib by an `eval` of `require`, and packs in other octets if there is none. */
const asksForRequire = (id) => id.includes('hdr-histogram-js');
const REQUIRE = `import { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);`;

rmSync(folder, { recursive: true, force: true });
const bundler = await import('rolldown').catch(({ message }) => {
  console.error(`restante: not bundled, it starts more slowly (${String(message).split('\n')[0]})`);
});
if (bundler !== undefined) {
  await write(bundler, PROGRAM, folder);
  if (existsSync(join(root, 'dist/bench/main.js'))) await write(bundler, BENCHMARK, join(folder, 'bench'));
}

async function write({ rolldown }, entries, to) {
  const input = Object.fromEntries(entries.map((entry) => [entry.split('/').at(-1), `dist/${entry}.js`]));
  const bundle = await rolldown({
    cwd: root,
    input,
    platform: 'node',
    // The thread pool finds files of its own beside itself.
    external: ['piscina'],
    // The same build of each package as Node takes.
    resolve: { mainFields: ['main'] },
    plugins: [{ name: 'maps', load }],
    onLog: (_level, { code, message }) => code === 'EVAL' || console.error(message),
  });
  const { output } = await bundle.write({
    dir: to,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    intro: ({ moduleIds }) => (moduleIds.some(asksForRequire) ? REQUIRE : ''),
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
  writeFileSync(join(to, 'LICENSES.txt'), licences(output.flatMap(({ moduleIds }) => moduleIds ?? [])));
}

/** Positions in our own modules are those of the TypeScript sources; packages have none. */
function load(id) {
  if (!/^[^\0].*\.[cm]?js$/.test(id)) return null;
  const code = readFileSync(id, 'utf8');
  const map = `${id}.map`;
  if (packageOf(id) !== undefined || !existsSync(map)) return { code, map: { mappings: '' } };
  return { code, map: readFileSync(map, 'utf8') };
}

/** The folder of the package that a module is of; undefined for our own. */
function packageOf(id) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
}

/** The licences of the packages in the bundle, which go where their code goes. */
function licences(modules) {
  const packages = [...new Set(modules.map(packageOf))].filter((one) => one !== undefined);
  return packages
    .map((one) => {
      const { name, version } = JSON.parse(readFileSync(join(one, 'package.json'), 'utf8'));
      return `${name} ${version}\n\n${licence(one).trim()}\n`;
    })
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The licence of the package in this folder: its file, or else what the end of its README says, or else the name. */
function licence(one) {
  const read = (name) => readFileSync(join(one, name), 'utf8');
  const named = (pattern) => readdirSync(one).find((file) => pattern.test(file));
  const file = named(/^licen[cs]e/i);
  if (file !== undefined) return read(file);
  const readme = named(/^readme/i);
  const said = readme === undefined ? null : /^(?:#+ *)?licen[cs]e\b.*$/ims.exec(read(readme));
  const { license, author } = JSON.parse(read('package.json'));
  return said?.[0] ?? `${license}, ${author?.name ?? author}`;
}
