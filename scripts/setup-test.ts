// Installs what tests use of the machine: `npm run setup:test` everything, `npm test -- WORD` what the chosen tests use.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

export interface Need {
  readonly what: string
  /** Name of the package in Debian. */
  readonly package: string
  /** Paths of which one exists where it is installed. */
  readonly at: readonly string[]
  /** Tests that use it, and modules for tests that use it: a test which imports one of those uses it too. */
  readonly usedBy: readonly string[]
}

const BROWSER = 'test/kit/browser/browser.ts'
const POSTGRES = 'test/kit/stores/postgres.ts'
const PDF = 'test/kit/browser/pdf.ts'
const LAB = 'lab/net/world.ts'
const SAVED_CHECK = 'src/core/evidence/saved-check/saved-check-by-hand.test.ts'
const DOCX = 'src/documents/docx.test.ts'
const STOCK_CLIENTS = ['src/control/vpn/stock-clients.test.ts', 'lab/net/stock-tunnels.test.ts']
const GO = [
  'src/pipeline/log/second-opinion.test.ts',
  'src/core/evidence/witness/cosignature.test.ts',
  'test/letter-log.test.ts',
]

/** What tests use of the machine; the packages are Debian's. */
export const NEEDS: readonly Need[] = [
  { what: 'Chromium', package: 'chromium', at: ['/usr/bin/chromium', '/usr/bin/chromium-browser'], usedBy: [BROWSER] },
  {
    what: 'Firefox',
    package: 'firefox-esr',
    at: ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
    usedBy: ['test/kit/browser/firefox.ts'],
  },
  {
    what: 'Noto fonts',
    package: 'fonts-noto-core',
    at: ['/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf'],
    usedBy: [BROWSER, DOCX],
  },
  {
    what: 'openssl',
    package: 'openssl',
    at: ['/usr/bin/openssl'],
    usedBy: [
      'test/kit/net/tls-servers.ts',
      'test/kit/net/quic-servers.ts',
      'test/kit/net/check-hosts.ts',
      'test/kit/net/control-world.ts',
      'test/kit/probe/probe-world.ts',
      'test/kit/proof/by-hand.ts',
      'test/kit/net/lab-authority.ts',
      'test/kit/servers/mail-server.ts',
      'test/kit/servers/time-authority.ts',
      'src/probe/deliver/deliver.test.ts',
      'src/cli/doctor/doctor.test.ts',
      SAVED_CHECK,
      LAB,
    ],
  },
  { what: 'zstd', package: 'zstd', at: ['/usr/bin/zstd'], usedBy: ['test/import-killed.test.ts'] },
  // A bundle is taken apart and checked with the tools that its instructions name.
  {
    what: 'lintian',
    package: 'lintian',
    at: ['/usr/bin/lintian'],
    usedBy: ['test/release.test.ts', 'test/server-packages.test.ts', 'test/beyond/run-packages.ts'],
  },
  {
    what: 'systemd-analyze',
    package: 'systemd',
    at: ['/usr/bin/systemd-analyze'],
    usedBy: ['test/server-packages.test.ts'],
  },
  { what: 'xz', package: 'xz-utils', at: ['/usr/bin/xz'], usedBy: ['src/cli/upgrade/upgrade.test.ts'] },
  { what: 'debootstrap', package: 'debootstrap', at: ['/usr/sbin/debootstrap'], usedBy: ['test/kit/debian/system.ts'] },
  { what: 'Prometheus', package: 'prometheus', at: ['/usr/bin/promtool'], usedBy: ['test/metrics.test.ts'] },
  { what: 'minisign', package: 'minisign', at: ['/usr/bin/minisign'], usedBy: ['src/cli/release/release.test.ts'] },
  {
    what: 'unzip',
    package: 'unzip',
    at: ['/usr/bin/unzip'],
    usedBy: ['src/pipeline/bundle/bag-folder.test.ts', 'src/cli/bundle/bundle.test.ts', DOCX],
  },
  {
    what: 'Python',
    package: 'python3',
    at: ['/usr/bin/python3'],
    usedBy: [
      'test/kit/proof/by-hand.ts',
      'src/pipeline/bundle/bag-folder.test.ts',
      'src/cli/verify/verify.test.ts',
      'src/app/observatory/notebook.test.ts',
      'src/app/dataset/month-notebook.test.ts',
      SAVED_CHECK,
    ],
  },
  // A second database for the same queries, and the program that opens what is sealed.
  {
    what: 'PostgreSQL',
    package: 'postgresql',
    at: ['/usr/lib/postgresql/15/bin/postgres', '/usr/lib/postgresql/17/bin/postgres'],
    usedBy: [POSTGRES],
  },
  // A cluster that stores objects: 80 MB of packages, 300 MB on the disk, installed in half a minute.
  ...['ceph-mon', 'ceph-osd', 'ceph-mgr', 'radosgw'].map((name) => ({
    what: name,
    package: name,
    at: [`/usr/bin/${name}`],
    usedBy: ['test/kit/ceph/ceph.ts'],
  })),
  {
    what: 'age',
    package: 'age',
    at: ['/usr/bin/age'],
    usedBy: [
      'src/cli/letter/watch/changed-keys.test.ts',
      'src/cli/letter/hand-over/handover.test.ts',
      'src/letter/sign/sealed-shape.test.ts',
      'test/e2e/letter.test.ts',
    ],
  },
  // Other programs that read the documents of a case.
  {
    what: 'pdftotext',
    package: 'poppler-utils',
    at: ['/usr/bin/pdftotext'],
    usedBy: [PDF, DOCX, 'src/cli/case/case.test.ts', 'src/cli/case/saved-check.test.ts'],
  },
  { what: 'qpdf', package: 'qpdf', at: ['/usr/bin/qpdf'], usedBy: [PDF] },
  {
    what: 'python-docx',
    package: 'python3-docx',
    at: ['/usr/lib/python3/dist-packages/docx/__init__.py'],
    usedBy: [DOCX],
  },
  { what: 'LibreOffice', package: 'libreoffice-writer-nogui', at: ['/usr/bin/soffice'], usedBy: [DOCX] },
  // The laboratory (lab/net/needs.ts), and independent programs with which operations on the network are compared.
  {
    what: 'ip',
    package: 'iproute2',
    at: ['/usr/sbin/ip', '/usr/bin/ip', '/sbin/ip'],
    usedBy: [
      LAB,
      'test/kit/net/shaped-child.ts',
      'src/net/http/transfer-shaped.test.ts',
      'src/control/vpn/stock-wireguard.test.ts',
      'src/control/vpn/dropped-shape.test.ts',
    ],
  },
  {
    what: 'iptables',
    package: 'iptables',
    at: ['/usr/sbin/iptables'],
    usedBy: [LAB, 'src/control/vpn/dropped-shape.test.ts'],
  },
  {
    what: 'nginx',
    package: 'nginx',
    at: ['/usr/sbin/nginx'],
    usedBy: [
      ...[LAB, 'test/kit/net/tls-servers.ts', 'test/kit/net/quic-servers.ts', 'test/kit/proxy/deployed-proxy.ts'],
      'test/readers-nginx.test.ts',
    ],
  },
  {
    what: 'Caddy',
    package: 'caddy',
    at: ['/usr/bin/caddy'],
    usedBy: ['test/kit/proxy/deployed-proxy.ts', 'test/compose.test.ts'],
  },
  {
    what: 'podman-compose',
    package: 'podman-compose',
    at: ['/usr/bin/podman-compose'],
    usedBy: ['test/compose.test.ts'],
  },
  {
    what: 'podman',
    package: 'podman',
    at: ['/usr/bin/podman'],
    usedBy: ['test/compose.test.ts', 'test/kit/debian/container.ts'],
  },
  {
    what: 'nginx streams',
    package: 'libnginx-mod-stream',
    at: ['/usr/lib/nginx/modules/ngx_stream_module.so'],
    usedBy: [LAB],
  },
  {
    what: 'unbound',
    package: 'unbound',
    at: ['/usr/sbin/unbound'],
    usedBy: [LAB, 'src/net/dns/resolve-https.test.ts'],
  },
  { what: 'chrony', package: 'chrony', at: ['/usr/sbin/chronyd'], usedBy: [LAB, 'src/net/clock-offset.test.ts'] },
  { what: 'curl', package: 'curl', at: ['/usr/bin/curl'], usedBy: [LAB, 'src/net/http/http3.test.ts'] },
  { what: 'dig', package: 'bind9-dnsutils', at: ['/usr/bin/dig'], usedBy: [LAB] },
  ...[
    { what: 'wireguard-go', package: 'wireguard-go', at: ['/usr/bin/wireguard-go'] },
    { what: 'wg', package: 'wireguard-tools', at: ['/usr/bin/wg'] },
  ].map((need) => ({ ...need, usedBy: [LAB, 'src/control/vpn/stock-wireguard.test.ts'] })),
  {
    what: 'OpenVPN',
    package: 'openvpn',
    at: ['/usr/sbin/openvpn'],
    usedBy: [...STOCK_CLIENTS, 'src/net/tunnel/openvpn.test.ts'],
  },
  { what: 'Tor', package: 'tor', at: ['/usr/sbin/tor', '/usr/bin/tor'], usedBy: STOCK_CLIENTS },
  {
    what: 'gtlsserver',
    package: 'ngtcp2-server',
    at: ['/usr/bin/gtlsserver', '/usr/sbin/gtlsserver'],
    usedBy: ['src/net/quic/quic.test.ts'],
  },
  { what: 'Go', package: 'golang-go', at: ['/usr/bin/go'], usedBy: GO },
  {
    what: "Go's notes and logs",
    package: 'golang-golang-x-mod-dev',
    at: ['/usr/share/gocode/src/golang.org/x/mod'],
    usedBy: GO,
  },
]

/** Files that these files import, directly or not, themselves included. Of src/ the tests alone are followed. */
function withImports(files: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const left = [...files]
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    if (path.startsWith('src/') && !path.endsWith('.test.ts')) continue
    const code = readFileSync(join(ROOT, path), 'utf8')
    for (const [, target] of code.matchAll(/(?:from|import\() ?'(\.[^']+\.ts)'/g))
      left.push(relative(ROOT, join(ROOT, dirname(path), target!))) // group 1 of a match is there
  }
  return seen
}

/** The needs of some test files. */
export function needsOf(tests: readonly string[]): readonly Need[] {
  const files = withImports(tests)
  return NEEDS.filter(({ usedBy }) => usedBy.some((path) => files.has(path)))
}

/** Installs what is missing of some needs, as root on Debian; elsewhere it says what is missing. */
export function installNeeds(needs: readonly Need[]): void {
  const missing = needs.filter(({ at }) => !at.some((path) => existsSync(path)))
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

if (import.meta.main) installNeeds(NEEDS)
