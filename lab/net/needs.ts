import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What the laboratory uses of the machine: the program, and the package of Debian that brings it. */
export const LAB_NEEDS = [
  { program: 'ip', package: 'iproute2' },
  { program: 'iptables', package: 'iptables' },
  { program: 'tc', package: 'iproute2' },
  { program: 'nginx', package: 'nginx' },
  { program: 'unbound', package: 'unbound' },
  { program: 'chronyd', package: 'chrony' },
  { program: 'openssl', package: 'openssl' },
  { program: 'curl', package: 'curl' },
  { program: 'dig', package: 'bind9-dnsutils' },
  { program: 'setpriv', package: 'util-linux' },
  { program: 'wireguard-go', package: 'wireguard-go' },
  { program: 'wg', package: 'wireguard-tools' },
] as const

/** Where nginx keeps its module for TCP streams, which interception uses. Package: libnginx-mod-stream. */
export const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so'

/** Folders in which a program may stand, also where the PATH of a person who is not root leaves them out. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin', '/usr/bin', '/bin']

const isThere = (program: string): boolean =>
  FOLDERS.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** What is missing for a laboratory on this machine, one sentence each; empty where it can be opened. */
export function missingForLab(): readonly string[] {
  if (process.platform !== 'linux') return ['Linux is needed: the laboratory is made of its network namespaces']
  const missing: string[] = []
  if (process.getuid?.() !== 0) missing.push('root is needed: only root makes network namespaces')
  const lacking = LAB_NEEDS.filter(({ program }) => !isThere(program))
  const packages = lacking.map((need): string => need.package)
  if (!existsSync(STREAM_MODULE)) packages.push('libnginx-mod-stream')
  if (packages.length > 0) missing.push(`on Debian: apt-get install ${[...new Set(packages)].join(' ')}`)
  if (!existsSync('/dev/net/tun')) missing.push('/dev/net/tun is needed: part of the censor stands behind it')
  return missing
}
