import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Podman with folders of its own. The namespace has control groups of version 2 alone: a machine that has both, as some
 * of those on which tests run, is refused by the runtime.
 */
const PODMAN = `
umount -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ip link set lo up
exec "$@"
`

/** An image, loaded from its archive. */
export class ContainerImage {
  readonly #folder: string
  readonly #name: string

  constructor(archive: string, folder: string) {
    this.#folder = folder
    const { stdout } = existsSync('/usr/bin/podman') ? this.#podman(['load', '--input', archive]) : { stdout: '' }
    this.#name = /Loaded image: (\S+)/.exec(stdout)?.[1] ?? ''
  }

  /** Why nothing can be run here; undefined where it can. */
  whyNot(): string | undefined {
    if (process.getuid?.() !== 0) return 'needs root'
    if (!existsSync('/usr/bin/podman')) return 'needs podman'
    if (this.#name === '') return 'podman cannot load an image here'
    const { status, stderr } = this.run('version')
    return status === 0 ? undefined : `podman runs nothing here: ${stderr.trim().split('\n').at(-1) ?? ''}`
  }

  run(...command: readonly string[]): SpawnSyncReturns<string> {
    return this.#podman([...this.#options, this.#name, ...command])
  }

  /** Serves an empty folder, asks one address from within the container's network, and gives the answer. */
  serve(port: number, url: string): string {
    const script = `
"$@" --port ${port} >/dev/null 2>&1 & 
for nth in $(seq 300); do curl --silent --fail '${url}' && break; kill -0 $! || break; sleep 1; done
kill $!; wait
`
    const command = ['sh', '-c', script, 'sh', 'podman', ...this.#place, ...this.#options, this.#name, 'serve']
    return spawnSync('unshare', [...UNSHARE, 'sh', '-c', PODMAN, 'sh', ...command], { encoding: 'utf8' }).stdout
  }

  get #place(): readonly string[] {
    const at = (name: string): string => join(this.#folder, name)
    return ['--root', at('root'), '--runroot', at('run'), '--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs']
  }

  get #options(): readonly string[] {
    return [
      ...['run', '--rm', '--cgroups=disabled', '--network=host', '--read-only', '--tmpfs=/tmp', '--cap-drop=all'],
      ...['--security-opt=no-new-privileges', '--volume=kuager-test:/data'],
    ]
  }

  #podman(args: readonly string[]): SpawnSyncReturns<string> {
    return spawnSync('unshare', [...UNSHARE, 'sh', '-c', PODMAN, 'sh', 'podman', ...this.#place, ...args], {
      encoding: 'utf8',
    })
  }
}

const UNSHARE = ['--mount', '--cgroup', '--net', '--fork']
