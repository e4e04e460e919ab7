import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether a program is installed; tests that need an absent one skip aloud. */
export function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Files of one certificate: the chain as a server sends it, and its key. */
export interface Issued {
  readonly chain: string
  readonly key: string
}

/** A folder with an authority made by openssl that signs leaves for tests; disposing it removes the folder. */
export class LabAuthority implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'kuager-lab-ca-'))
  /** PEM of the root, for `extraRoots`. */
  readonly root: string

  constructor() {
    this.#openssl(
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Laboratory root'],
    )
    this.root = readFileSync(join(this.folder, 'ca.pem'), 'utf8')
  }

  /** A leaf for `names`, signed by the root; `until` in seconds since 1970 makes it end then, `followedBy` are PEM. */
  issue(
    file: string,
    options: { names: readonly string[]; expired?: boolean; followedBy?: readonly string[] },
  ): Issued {
    const altNames = options.names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',')
    writeFileSync(join(this.folder, `${file}.cnf`), `subjectAltName=${altNames}\nbasicConstraints=CA:FALSE\n`)
    this.#openssl(
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${options.names[0]}`],
    )
    const dates =
      options.expired === true ? ['-not_before', '20200101000000Z', '-not_after', '20200201000000Z'] : ['-days', '20']
    this.#openssl(
      ...['x509', '-req', '-in', `${file}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', ...dates],
      ...['-extfile', `${file}.cnf`, '-out', `${file}.leaf.pem`],
    )
    const leaf = readFileSync(join(this.folder, `${file}.leaf.pem`), 'utf8')
    writeFileSync(join(this.folder, `${file}.pem`), [leaf, ...(options.followedBy ?? [])].join(''))
    return { chain: join(this.folder, `${file}.pem`), key: join(this.folder, `${file}.key`) }
  }

  /** Writes a file into the folder that nobody else may read, and gives its path. */
  write(file: string, text: string): string {
    writeFileSync(join(this.folder, file), text, { mode: 0o600 })
    return join(this.folder, file)
  }

  #openssl(...args: readonly string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: ['ignore', 'ignore', 'pipe'] })
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A program of the system running for one test; disposing it ends it and waits until it has. */
export class RunningProgram implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #output = ''
  readonly #waiting = new Set<() => void>()

  constructor(command: string, args: readonly string[], options: { readonly cwd?: string } = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => resolve())
      this.#child.once('error', () => resolve())
    })
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString('latin1')).slice(-256 * 1024)
      for (const look of this.#waiting) look()
    }
    this.#child.stdout?.on('data', keep)
    this.#child.stderr?.on('data', keep)
  }

  get output(): string {
    return this.#output
  }

  /** Resolves once the program has printed something that matches; rejects if it ends before. */
  async printed(pattern: RegExp): Promise<void> {
    const found = new Promise<boolean>((resolve) => {
      const look = (): void => {
        if (!pattern.test(this.#output)) return
        this.#waiting.delete(look)
        resolve(true)
      }
      this.#waiting.add(look)
      look()
    })
    if (!(await Promise.race([found, this.#ended.then(() => false)])))
      throw new Error(`program ended before it printed ${String(pattern)}: ${this.#output.slice(-2000)}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** nginx in the foreground with the given blocks of its `http`, everything it writes below `root`. */
export function startNginx(root: string, blocks: readonly string[]): RunningProgram {
  writeFileSync(
    join(root, 'nginx.conf'),
    `daemon off; master_process off; pid ${root}/pid; error_log stderr warn; events { worker_connections 64; }
http { access_log off; client_body_temp_path ${root}/a; proxy_temp_path ${root}/b; fastcgi_temp_path ${root}/c;
uwsgi_temp_path ${root}/d; scgi_temp_path ${root}/e;
${blocks.join('\n')} }`,
  )
  return new RunningProgram('nginx', ['-e', 'stderr', '-p', root, '-c', join(root, 'nginx.conf')])
}
