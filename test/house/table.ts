/** What a room of src/ may know. The table of docs/architecture.md, as data; the house test holds every file to it. */
export interface Room {
  /** Other rooms it may import. */
  readonly rooms: readonly string[]
  /** Packages it may import; `node:` stands for Node's own modules. */
  readonly outside: readonly string[]
}

/** Rooms that run in a browser as well as in Node: no clock, disk, socket, database or random number. */
export const PURE = ['model', 'text', 'ooni', 'observe', 'judge', 'detect', 'derive', 'evidence'] as const

// zod stands in every room with a door (files, arguments, requests); see docs/decisions/0007-zod-at-every-door.md.
export const ROOMS = {
  model: { rooms: [], outside: ['zod'] },
  text: { rooms: ['model'], outside: ['intl-messageformat'] },
  ooni: { rooms: ['model'], outside: [] },
  observe: { rooms: ['model', 'ooni'], outside: [] },
  judge: { rooms: ['model'], outside: [] },
  detect: { rooms: ['model'], outside: [] },
  derive: { rooms: ['model', 'ooni', 'observe', 'judge', 'detect'], outside: [] },
  evidence: { rooms: ['model'], outside: [] },
  sys: { rooms: ['model'], outside: ['node:', 'pino', 'zod'] },
  net: {
    rooms: ['model', 'sys'],
    outside: ['node:', 'dns-packet', '@matrixai/quic-linux-x64', '@noble/hashes', '@noble/ciphers'],
  },
  probe: {
    rooms: ['model', 'text', 'net', 'ooni', 'evidence', 'sys'],
    outside: ['node:', 'zod', 'age-encryption', 'socks'],
  },
  control: {
    rooms: ['model', 'text', 'net', 'ooni', 'evidence', 'sys'],
    outside: ['node:', 'zod'],
  },
  store: { rooms: ['model', 'sys'], outside: ['node:', 'zod', 'chdb', '@clickhouse/client', 'kysely', 'pg'] },
  pipeline: {
    rooms: ['model', 'ooni', 'observe', 'judge', 'detect', 'derive', 'evidence', 'store', 'sys'],
    outside: ['node:', 'zod'],
  },
  site: {
    rooms: ['model', 'text', 'store', 'evidence', 'sys'],
    outside: ['hono', '@hono/node-server', '@observablehq/plot', 'linkedom', '@resvg/resvg-wasm', 'zod'],
  },
  people: {
    rooms: ['model', 'text', 'evidence', 'store', 'sys'],
    outside: ['node:', 'zod', 'altcha-lib', 'nodemailer', 'age-encryption'],
  },
  // Pages and routes of the open letter: a service of its own over code that the observatory uses too.
  letter: {
    rooms: ['model', 'text', 'evidence', 'store', 'sys', 'people', 'pipeline', 'site'],
    outside: ['node:', 'zod', 'hono', '@hono/node-server'],
  },
  casework: {
    rooms: ['model', 'text', 'evidence', 'store', 'sys'],
    outside: ['node:', 'zod', '@myriaddreamin/typst-ts-node-compiler', 'docx'],
  },
  cli: {
    // lab: the demonstration is a command of the program, and what it shows is made by the laboratory.
    // browser: its script is read as a file and handed to the site.
    rooms: [
      ...PURE,
      'sys',
      'net',
      'probe',
      'control',
      'store',
      'pipeline',
      'site',
      'people',
      'letter',
      'casework',
      'browser',
      'lab',
    ],
    outside: ['node:', 'zod', 'esbuild'],
  },
  browser: { rooms: [...PURE], outside: ['@noble/curves', '@noble/hashes', 'age-encryption', 'altcha-lib'] },
} satisfies Record<string, Room>

/** Folders of a room that may know less than the room itself. */
export const NARROWER: Readonly<Record<string, readonly string[]>> = {
  'src/site/pages/': ['model', 'text'],
  'src/site/charts/': ['model', 'text'],
}

/** Single files that may know more than their room: they implement an interface that a pure room is given. */
export const WIDER: Readonly<Record<string, readonly string[]>> = {
  'src/sys/certificates.ts': ['observe'],
  'src/sys/certificates.test.ts': ['observe'],
  'src/sys/x509-facts.ts': ['observe'],
}

/** Libraries and the number of files that may import each, so that replacing one stays a small piece of work. */
export const MOST_FILES: Readonly<Record<string, number>> = {
  pino: 1,
  chdb: 1,
  '@clickhouse/client': 1,
  'node:sqlite': 5,
  kysely: 8,
  pg: 1,
  nodemailer: 1,
  'altcha-lib': 2,
  'intl-messageformat': 1,
  '@observablehq/plot': 1,
  linkedom: 1,
  '@resvg/resvg-wasm': 1,
  '@hono/node-server': 1,
  'dns-packet': 2,
  '@matrixai/quic-linux-x64': 1,
  'age-encryption': 4,
  socks: 1,
  koffi: 2,
  esbuild: 2,
  docx: 1,
  '@myriaddreamin/typst-ts-node-compiler': 1,
  '@noble/curves': 2,
}

/** Packages of development that the program imports where they are there, and does without where they are not. */
export const CHECKOUT_ONLY: readonly string[] = ['esbuild']

/** Files that load a compiled module, which `import` cannot: each loads one, of the name written here. */
export const LOADS_NATIVE: Readonly<Record<string, string>> = {
  'src/net/quic-binding.ts': '@matrixai/quic-linux-x64',
}

/** Where a clock, chance and the environment may be read directly: the machine, or the browser. Tests and tools stand outside the program. */
export const MAY_ASK_THE_MACHINE = /^(src\/(sys|cli|browser)\/|lab\/(?!history\/)|bench\/|scripts\/|test\/)|\.test\.ts$/

/** Where `console` may be used. */
export const MAY_PRINT = /^(src\/cli\/|bench\/|scripts\/|bin\/)/

/** Message catalogues and tables, which may be longer than 400 lines. */
export const LONG_FILES = /^src\/text\/(kk|ru|en)\//

export const MOST_LINES = 400

/** File names that say nothing about what the file holds. */
export const EMPTY_NAMES =
  /^(index|utils?|helpers?|common|types?|constants?|shared|misc|manager|base|lib)(\.test)?\.(ts|js|mjs)$/
