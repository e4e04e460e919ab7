import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What an origin does other than serving its page as usual. */
export type OriginState =
  | 'usual'
  | 'expired-certificate'
  | 'wrong-certificate'
  | 'own-authority'
  | 'geoblock'
  | 'challenge'
  | 'unavailable'
  | 'legal'
  | 'moved'
  | 'slow-page'
  | 'large-page'

/** Size of the file that throughput pairs read. */
const LARGE_BYTES = 4 * 1024 * 1024

/** Text that fills a page; long enough that a difference of sizes means something. */
const paragraph = (host: string, at: number): string =>
  `<p>${at}. ${host} serves this paragraph to everybody alike, in the laboratory and nowhere else.</p>\n`

/** Page of a name: a title and a body of its own. */
export const pageOf = (host: string): string =>
  `<!doctype html><html><head><title>${host}: front page</title></head><body><h1>${host}</h1>\n${Array.from(
    { length: 60 },
    (_, at) => paragraph(host, at + 1),
  ).join('')}</body></html>\n`

/** Writes the pages of names and the large file below a folder. */
export async function writePages(folder: string, hosts: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  const bytes = Buffer.alloc(LARGE_BYTES)
  let state = 1
  for (let at = 0; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0 // incompressible enough, and the same each time
    bytes.writeUInt32LE(state, at)
  }
  await writeFile(join(folder, 'large'), bytes)
  for (const host of hosts) {
    await mkdir(join(folder, host), { recursive: true })
    await writeFile(join(folder, host, 'index.html'), pageOf(host))
  }
}

const SIMPLE = {
  geoblock: [
    'location / { return 403 "<html><title>403</title>This content is not offered in your country.</html>"; }',
  ],
  challenge: [
    'location / { add_header Server cloudflare always; add_header cf-mitigated challenge always; return 403 "<html><head><title>Just a moment...</title></head><body>Checking your browser. cf-chl</body></html>"; }',
  ],
  unavailable: ['location / { return 503 "<html><title>503</title>Try again later.</html>"; }'],
  legal: ['location / { return 451 "<html><title>451</title>Withheld in some countries.</html>"; }'],
} as const

/** Locations of a name's server block in a given state. */
export function locationsOf(host: string, folder: string, state: OriginState): readonly string[] {
  if (state === 'geoblock' || state === 'challenge' || state === 'unavailable' || state === 'legal')
    return SIMPLE[state]
  if (state === 'moved') return ['location / { return 301 https://$host/; }']
  const slow = state === 'slow-page' ? 'limit_rate 6k;' : ''
  return [
    `root ${folder}/${host};`,
    state === 'large-page'
      ? `location / { root ${folder}; try_files /large =404; }`
      : `location / { try_files /index.html =404; ${slow} }`,
    `location = /large { root ${folder}; default_type application/octet-stream; ${slow} }`,
    'location = /upload { proxy_pass http://127.0.0.1:8081; }',
    'location = /dns-query { proxy_pass http://127.0.0.1:8053; }',
    // A real image, as a page that checks from a browser asks for it.
    'location = /favicon.ico { empty_gif; }',
    'location = /generate_204 { return 204; }',
    'location = /hello { default_type text/plain; return 200 "hello\\n"; }',
  ]
}
