import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, until } from '../crash/eventually.ts'

const MIRROR = 'http://deb.debian.org/debian'
const ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LANG: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
}

/** Why no Debian system can be made here; false where it can. */
export const noDebianSystem = (): string | false =>
  process.getuid?.() !== 0
    ? 'needs root, for a Debian system in a folder'
    : existsSync('/usr/sbin/debootstrap')
      ? false
      : 'needs debootstrap'

/** A fresh Debian system in a folder, as a person finds it on a new machine. */
export class DebianSystem implements Disposable {
  readonly root: string
  #first: number | undefined

  constructor(release: 'bookworm' | 'trixie', packages: readonly string[] = []) {
    // Below /var/tmp: a folder in memory may forbid device files.
    this.root = mkdtempSync('/var/tmp/kuager-debian-')
    // It becomes the root of a system with several users.
    chmodSync(this.root, 0o755)
    const include = ['systemd', 'systemd-sysv', 'dbus', 'ca-certificates', 'curl', ...packages].join(',')
    const made = spawnSync('debootstrap', ['--variant=minbase', `--include=${include}`, release, this.root, MIRROR], {
      encoding: 'utf8',
    })
    if (made.status !== 0) throw new Error(`Cannot make a Debian system: ${made.stdout.slice(-500)} ${made.stderr}`)
  }

  /** Runs a command in the system: as it is, or, once it was booted, next to its services. */
  run(...command: readonly string[]): SpawnSyncReturns<string> {
    const enter =
      this.#first === undefined
        ? [
            'unshare',
            '--mount',
            '--fork',
            'sh',
            '-c',
            `mount -t proc proc "$0/proc" && exec chroot "$0" "$@"`,
            this.root,
          ]
        : ['nsenter', '--target', String(this.#first), '--all']
    return spawnSync(enter[0] ?? '', [...enter.slice(1), ...command], {
      ...{ encoding: 'utf8', env: ENVIRONMENT, timeout: 300_000, maxBuffer: 2 ** 26 },
    })
  }

  /** Starts systemd of the system, in namespaces of its own: no port and no process of this machine is seen there. */
  async boot(): Promise<void> {
    const child = spawn(
      'unshare',
      [...['--mount', '--pid', '--uts', '--ipc', '--cgroup', '--net', '--fork', 'sh', '-ec', BOOT, this.root]],
      { stdio: 'ignore', env: { ...ENVIRONMENT, container: 'kuager-test' } },
    )
    this.#first = await eventually(() => {
      const { stdout } = spawnSync('pgrep', ['--parent', String(child.pid)], { encoding: 'utf8' })
      return stdout.trim() === '' ? undefined : Number(stdout.trim())
    })
    await until(async () => /^(?:running|degraded)/.test(this.run('systemctl', 'is-system-running').stdout))
  }

  [Symbol.dispose](): void {
    // The first process of a namespace takes all others with it.
    if (this.#first !== undefined) process.kill(this.#first, 'SIGKILL')
    rmSync(this.root, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 })
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts)
  }
}

const BOOT = `
mount --make-rprivate /
mount --bind "$0" "$0"
mount -t proc proc "$0/proc"
mount -t sysfs sysfs "$0/sys"
mount -t cgroup2 cgroup2 "$0/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$0/run"
mount -t tmpfs -o mode=755 tmpfs "$0/dev"
cd "$0/dev"
mkdir pts shm mqueue hugepages
mknod -m 666 null c 1 3; mknod -m 666 zero c 1 5; mknod -m 666 full c 1 7
mknod -m 666 random c 1 8; mknod -m 666 urandom c 1 9; mknod -m 666 tty c 5 0
ln -s pts/ptmx ptmx
mount -t tmpfs tmpfs shm
mount -t devpts -o ptmxmode=666 devpts pts
ip link set lo up
cd "$0"
mkdir -p .before
pivot_root . .before
umount -l /.before
rmdir /.before
exec /lib/systemd/systemd --log-target=null
`
