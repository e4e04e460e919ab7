/** What a module of src/ may know. The table of docs/architecture.md, as data; the house test checks every file against it. */
export interface Module {
  /** Other modules it may import. */
  readonly modules: readonly string[]
  /** Packages it may import; `node:` means Node's own modules. */
  readonly outside: readonly string[]
}

/** Folders of src/ that are modules although they are inside another folder. Those of core/ are modules each. */
export const PARTS = ['letter/core', 'letter/browser'] as const

/** Modules that run in a browser as well as in Node: no clock, disk, socket, database or random number. */
export const PURE = [
  'core/model',
  'core/text',
  'core/x509',
  'core/ooni',
  'core/observe',
  'core/judge',
  'core/detect',
  'core/derive',
  'core/evidence',
] as const

const [MODEL, TEXT, EVIDENCE] = ['core/model', 'core/text', 'core/evidence']
const BEHIND_PAGES = [MODEL, TEXT, EVIDENCE, 'store', 'runtime', 'web']

// zod is in every module that parses files, arguments or requests; see docs/decisions/0029-plumbing-once-and-its-libraries.md.
export const MODULES = {
  'core/model': { modules: [], outside: ['zod'] },
  'core/text': { modules: [MODEL, 'messages'], outside: ['intl-messageformat', 'qr'] },
  'core/x509': { modules: [MODEL], outside: [] },
  'core/ooni': { modules: [MODEL], outside: [] },
  'core/observe': { modules: [MODEL, 'core/ooni', 'core/x509'], outside: [] },
  'core/judge': { modules: [MODEL], outside: [] },
  'core/detect': { modules: [MODEL], outside: [] },
  'core/derive': {
    modules: [MODEL, 'core/ooni', 'core/observe', 'core/judge', 'core/detect', 'core/x509'],
    outside: [],
  },
  'core/evidence': { modules: [MODEL, 'core/x509'], outside: [] },
  runtime: {
    modules: [MODEL, 'core/x509'],
    outside: ['node:', 'pino', 'prom-client', 'zod', 'lru-cache', 'nodemailer', 'aws4fetch'],
  },
  net: {
    modules: [MODEL, 'runtime'],
    outside: ['node:', 'dns-packet', '@matrixai/quic-linux-x64', '@noble/hashes', '@noble/ciphers', 'lru-cache'],
  },
  probe: {
    modules: [MODEL, TEXT, EVIDENCE, 'core/ooni', 'net', 'runtime'],
    outside: ['node:', 'zod', 'age-encryption', 'socks', 'tuf-js', '@tufjs/models'],
  },
  // What publishes programs for probes: a folder of updates, signed.
  release: { modules: [MODEL, 'runtime'], outside: ['node:', '@tufjs/models'] },
  control: { modules: [MODEL, TEXT, EVIDENCE, 'core/ooni', 'net', 'runtime'], outside: ['node:', 'zod', 'lru-cache'] },
  store: { modules: [MODEL, 'runtime'], outside: ['node:', 'zod', 'chdb', '@clickhouse/client', 'kysely', 'pg'] },
  pipeline: {
    modules: [...PURE.filter((name) => name !== TEXT), 'store', 'runtime'],
    outside: ['node:', 'zod'],
  },
  web: {
    modules: [MODEL, TEXT, EVIDENCE, 'runtime'],
    outside: ['node:', 'zod', 'hono', '@hono/node-server', 'altcha-lib', 'lru-cache'],
  },
  documents: {
    modules: [MODEL, TEXT, EVIDENCE, 'runtime'],
    outside: ['node:', '@myriaddreamin/typst-ts-node-compiler', 'docx'],
  },
  site: {
    modules: BEHIND_PAGES,
    outside: ['hono', '@observablehq/plot', 'linkedom', '@resvg/resvg-wasm', 'zod', 'lru-cache', 'minisearch'],
  },
  reports: { modules: [...BEHIND_PAGES, 'core/detect'], outside: ['node:', 'zod', 'kysely'] },
  subscriptions: { modules: [MODEL, TEXT, EVIDENCE, 'store', 'runtime', 'web'], outside: ['node:', 'zod', 'kysely'] },
  'letter/core': { modules: [MODEL, EVIDENCE], outside: ['zod'] },
  letter: {
    modules: [...BEHIND_PAGES, 'letter/core', 'documents'],
    outside: ['node:', 'hono', 'zod', 'age-encryption', 'kysely'],
  },
  casework: { modules: [MODEL, TEXT, EVIDENCE, 'runtime', 'documents'], outside: ['node:', 'zod'] },
  // lab: what the demonstration shows is made by the laboratory. browser: its scripts are read as files.
  app: {
    modules: [
      ...PURE,
      ...[
        'runtime',
        'net',
        'probe',
        'control',
        'store',
        'pipeline',
        'web',
        'documents',
        'site',
        'reports',
        'subscriptions',
      ],
      ...['letter/core', 'letter', 'casework', 'browser', 'lab'],
    ],
    outside: ['node:', 'zod', 'esbuild', 'hyparquet-writer', 'age-encryption'],
  },
  cli: { modules: [...PURE, 'runtime', 'app'], outside: ['node:', 'zod', 'commander'] },
  browser: { modules: [...PURE], outside: ['@noble/curves', '@noble/hashes', 'altcha-lib'] },
  // What the package offers to other programs. Cryptography is that of the browser's verifier, which Node has as well.
  library: { modules: [...PURE, 'browser'], outside: ['node:'] },
  'letter/browser': { modules: [MODEL, TEXT, EVIDENCE, 'letter/core', 'browser'], outside: ['age-encryption'] },
} satisfies Record<string, Module>

/** A folder of a command may also know the module that the command is for. */
export const SPEAKS_FOR: Readonly<Record<string, readonly string[]>> = {
  'src/cli/archive/': ['pipeline', 'store'],
  'src/cli/backup/': ['store'],
  'src/cli/bundle/': ['pipeline'],
  'src/cli/case/': ['casework', 'documents'],
  'src/cli/services/': ['control'],
  'src/cli/coincide/': ['pipeline'],
  'src/cli/control/': ['control'],
  'src/cli/controls/': ['control'],
  'src/cli/custody/': ['pipeline'],
  'src/cli/date/': ['pipeline'],
  'src/cli/demo/': ['lab', 'pipeline'],
  'src/cli/detect/': ['pipeline'],
  'src/cli/import/': ['pipeline'],
  'src/cli/judge/': ['pipeline'],
  'src/cli/keys/': ['pipeline', 'store'],
  'src/cli/label/': ['pipeline'],
  'src/cli/letter/': ['letter', 'letter/core', 'documents', 'pipeline'],
  'src/cli/log/': ['pipeline', 'store'],
  'src/cli/probe/': ['probe', 'pipeline'],
  'src/cli/rebuild/': ['pipeline'],
  'src/cli/release/': ['release'],
  'src/cli/reports/': ['reports'],
  'src/cli/series/': ['pipeline', 'store'],
  'src/cli/simulate/': ['lab'],
}

/** Pages, their parts and drawings: data in, HTML or SVG out. They know these paths only, and Node not at all. */
export const PAGES = {
  files: /^src\/site\/(charts\/|parts\/|[\w-]+\/page\/|[\w-]+\/page\.ts)/,
  may: /^src\/(core\/(model|text)|web\/html|site)\//,
}

/** Libraries and the number of files that may import each, so that replacing one stays a small piece of work. */
export const MOST_FILES: Readonly<Record<string, number>> = {
  pino: 1,
  'prom-client': 1,
  aws4fetch: 1,
  chdb: 1,
  '@clickhouse/client': 1,
  'node:sqlite': 5,
  kysely: 12,
  pg: 2,
  nodemailer: 1,
  'altcha-lib': 2,
  'intl-messageformat': 1,
  '@observablehq/plot': 1,
  linkedom: 1,
  'lru-cache': 7,
  '@resvg/resvg-wasm': 1,
  'hyparquet-writer': 1,
  '@hono/node-server': 1,
  'dns-packet': 2,
  '@matrixai/quic-linux-x64': 1,
  'age-encryption': 5,
  socks: 1,
  'tuf-js': 1,
  '@tufjs/models': 7,
  commander: 1,
  koffi: 2,
  esbuild: 3,
  postject: 1,
  qr: 1,
  docx: 1,
  '@myriaddreamin/typst-ts-node-compiler': 1,
  '@noble/curves': 2,
}

/** Packages of development that the program imports where they are there, and does without where they are not. */
export const CHECKOUT_ONLY: readonly string[] = ['esbuild']

/** Files that load a compiled module, which `import` cannot: each loads one, of the name written here. */
export const LOADS_NATIVE: Readonly<Record<string, string>> = {
  'src/net/quic/binding.ts': '@matrixai/quic-linux-x64',
}

/** Where a clock, chance and the environment may be read directly: the machine, or the browser. Tests and tools are outside the program. */
export const MAY_ASK_THE_MACHINE =
  /^(src\/(runtime|cli|browser|letter\/browser)\/|lab\/(?!history\/)|bench\/|scripts\/|test\/)|\.test\.ts$/

/** Where `console` may be used. */
export const MAY_PRINT = /^(src\/cli\/|bench\/|scripts\/|bin\/)/

/** Files written by a script, which may be longer than 400 lines. */
export const LONG_FILES = /\.generated\.ts$/

export const MOST_LINES = 400

/** File names that say nothing about what the file holds. */
export const EMPTY_NAMES =
  /^(index|utils?|helpers?|common|types?|constants?|shared|misc|manager|base|lib)(\.test)?\.(ts|js|mjs)$/
