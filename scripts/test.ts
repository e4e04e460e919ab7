// Runs every test of the project, or those whose path holds one of the words given: `npm test -- judge site`.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['src', 'test', 'lab']
/** A test that hangs ends the run after this long instead of never. */
const HANG_MS = 300_000

/** What tests use of the machine; the packages are Debian's. */
const NEEDS = [
  { what: 'Chromium', package: 'chromium', at: ['/usr/bin/chromium', '/usr/bin/chromium-browser'] },
  { what: 'Firefox', package: 'firefox-esr', at: ['/usr/bin/firefox-esr', '/usr/bin/firefox'] },
  { what: 'Noto fonts', package: 'fonts-noto-core', at: ['/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf'] },
  { what: 'openssl', package: 'openssl', at: ['/usr/bin/openssl'] },
  { what: 'zstd', package: 'zstd', at: ['/usr/bin/zstd'] },
  // A bundle is taken apart and checked with the tools that its instructions name.
  { what: 'unzip', package: 'unzip', at: ['/usr/bin/unzip'] },
  { what: 'Python', package: 'python3', at: ['/usr/bin/python3'] },
  // A second database for the same queries, and the program that opens what is sealed.
  {
    what: 'PostgreSQL',
    package: 'postgresql',
    at: ['/usr/lib/postgresql/15/bin/postgres', '/usr/lib/postgresql/17/bin/postgres'],
  },
  { what: 'age', package: 'age', at: ['/usr/bin/age'] },
  // Other programs that read the papers of a case.
  { what: 'pdftotext', package: 'poppler-utils', at: ['/usr/bin/pdftotext'] },
  { what: 'qpdf', package: 'qpdf', at: ['/usr/bin/qpdf'] },
  // The laboratory (lab/net/needs.ts), and independent programs that operations on the network are held against.
  { what: 'ip', package: 'iproute2', at: ['/usr/sbin/ip', '/usr/bin/ip', '/sbin/ip'] },
  { what: 'iptables', package: 'iptables', at: ['/usr/sbin/iptables'] },
  { what: 'nginx', package: 'nginx', at: ['/usr/sbin/nginx'] },
  { what: 'nginx streams', package: 'libnginx-mod-stream', at: ['/usr/lib/nginx/modules/ngx_stream_module.so'] },
  { what: 'unbound', package: 'unbound', at: ['/usr/sbin/unbound'] },
  { what: 'chrony', package: 'chrony', at: ['/usr/sbin/chronyd'] },
  { what: 'curl', package: 'curl', at: ['/usr/bin/curl'] },
  { what: 'dig', package: 'bind9-dnsutils', at: ['/usr/bin/dig'] },
  { what: 'wireguard-go', package: 'wireguard-go', at: ['/usr/bin/wireguard-go'] },
  { what: 'wg', package: 'wireguard-tools', at: ['/usr/bin/wg'] },
  { what: 'OpenVPN', package: 'openvpn', at: ['/usr/sbin/openvpn'] },
  { what: 'Tor', package: 'tor', at: ['/usr/sbin/tor', '/usr/bin/tor'] },
  // Readers of papers that are not ours.
  { what: 'python-docx', package: 'python3-docx', at: ['/usr/lib/python3/dist-packages/docx/__init__.py'] },
  { what: 'LibreOffice', package: 'libreoffice-writer-nogui', at: ['/usr/bin/soffice'] },
  { what: 'Go', package: 'golang-go', at: ['/usr/bin/go'] },
  { what: "Go's notes and logs", package: 'golang-golang-x-mod-dev', at: ['/usr/share/gocode/src/golang.org/x/mod'] },
  { what: 'gtlsserver', package: 'ngtcp2-server', at: ['/usr/bin/gtlsserver', '/usr/sbin/gtlsserver'] },
] as const

function installNeeds(): void {
  const missing = NEEDS.filter(({ at }) => !at.some((path) => existsSync(path)))
  if (missing.length === 0) return
  const names = missing.map(({ what }) => what).join(', ')
  const packages = missing.map((need) => need.package)
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) {
    console.error(`Tests that need ${names} are skipped. On Debian: apt-get install ${packages.join(' ')}`)
    return
  }
  console.error(`Installing what tests need: ${packages.join(' ')}`)
  const aptGet = (...args: readonly string[]): number | null =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  if (aptGet(...install) === 0) return
  if (aptGet('update') !== 0 || aptGet(...install) !== 0)
    console.error(`Cannot install ${packages.join(' ')}: apt-get failed; tests that need them are skipped`)
}

/** Every test file; a folder without one is an error, because it would pass by testing nothing. */
function testFiles(words: readonly string[]): readonly string[] {
  const all = FOLDERS.flatMap((folder) => {
    const found = globSync(`${folder}/**/*.test.ts`, { cwd: ROOT }).sort()
    if (found.length === 0) throw new Error(`Cannot test ${folder}/: no file matches ${folder}/**/*.test.ts`)
    return found
  })
  const chosen = words.length === 0 ? all : all.filter((path) => words.some((word) => path.includes(word)))
  if (chosen.length === 0) throw new Error(`Cannot test: no test file has ${words.join(' or ')} in its path`)
  return chosen
}

/** Refuses a Node that is not the one the project runs on, before hundreds of tests fail for that reason alone. */
function checkNode(): void {
  const wanted = /"node": ">=(\d+)"/.exec(readFileSync(join(ROOT, 'package.json'), 'utf8'))?.[1]
  if (Number(process.versions.node.split('.')[0]) < Number(wanted))
    throw new Error(`Cannot test on Node.js ${process.versions.node}: ${wanted} or newer is needed; use "npm test"`)
}

try {
  checkNode()
  const files = testFiles(process.argv.slice(2))
  installNeeds()
  const child = spawn(
    process.execPath,
    [
      '--test',
      '--test-reporter=spec',
      `--test-concurrency=${Math.max(1, Math.min(4, availableParallelism()))}`,
      `--test-timeout=${HANG_MS}`,
      ...files,
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}` },
    },
  )
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => child.kill(name))
  child.on('error', (error) => {
    console.error(`Cannot start the tests: ${error.message}`)
    process.exitCode = 1
  })
  child.on('exit', (code) => {
    process.exitCode = code ?? 1
  })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
