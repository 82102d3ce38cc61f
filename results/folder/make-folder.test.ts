/** Folders for results, made and tried. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkWritable, makeFolder } from './make-folder.js';
import { checkStudyTarget, type StudyQuestion } from './study-folder.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-make-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('folders are made one below the other, once', () => {
  const deep = join(folder, 'a', 'b', 'c');
  makeFolder(deep);
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('a file in the way is told', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file', 'x'))).toThrow(/ENOTDIR/);
  expect(() => checkWritable(join(folder, 'file', 'x', 'y'))).toThrow(/a file is in the way\nAnother place/);
});

test.skipIf(!existsSync('/proc/self'))(
  'where no folder can be, that is told instead of being tried forever',
  () => {
    expect(() => makeFolder('/proc/restante/a/b')).toThrow(/ENOENT/);
    expect(() => checkWritable('/proc/restante/a/b')).toThrow(/there is no such folder\nAnother place/);
  },
);

test('a study that could not be kept is refused before it begins', () => {
  const question: StudyQuestion = { kind: 'sweep', scenario: 'x', seed: '1', details: {} };
  writeFileSync(join(folder, 'file'), '');
  expect(() => checkStudyTarget(question, join(folder, 'file', 'study'))).toThrow(
    /^cannot write results to .*: a file is in the way\nAnother place is given by --out DIR$/,
  );
  checkStudyTarget(question, join(folder, 'new', 'study'));
  expect(readdirSync(folder)).toEqual(['file']);
});
