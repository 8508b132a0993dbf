import type { Manifest } from '../../../modules/manifest/manifest.ts';
import type { RenderedFile } from '../../scaffold/render.ts';
import type { Fact } from './facts.ts';
import type { Statement } from './read/statement.ts';

/** A module's folder as it lies on disk, or as somebody is about to write it. */
export interface ModuleFolder {
  /** From the project's root, with `/`: `modules/addons/finance`. */
  folder: string;
  /** Path inside the folder, with `/` → text. Bytes that are no text are kept as latin1. */
  files: ReadonlyMap<string, string>;
  /** What is there and is no plain file: a link, a socket. */
  notFiles?: string[];
}

/** A module as the rules see it. */
export interface ModuleSource extends ModuleFolder {
  /** The folder's name. */
  key: string;
  /** Absent when module.yaml is missing or wrong: `manifestFaults` says why. */
  manifest?: Manifest;
  manifestFaults: Located[];
  /** What is wrong between it and the others, and not without it. */
  togetherFaults: string[];
  /** The other modules of the project. */
  others: Manifest[];
  /** Every file that holds code, read. */
  sources: SourceFile[];
  /** Files that could not be read, each with the reason. */
  unread: Located[];
  /** The template, and what it makes of the manifest. Absent without one, and for a system: no template makes those. */
  template?: { name: string; version: string; rendered: RenderedFile[] };
}

export interface SourceFile {
  /** Inside the module's folder, with `/`. */
  path: string;
  isTest: boolean;
  facts: Fact[];
  statements: Statement[];
}

export function isTestFile(path: string): boolean {
  return /\.test\.[cm]?[jt]sx?$/.test(path);
}

/** Something found: `file` inside the module's folder, `at` in characters from 0. */
export interface Located {
  file: string;
  at?: number;
  message: string;
}
