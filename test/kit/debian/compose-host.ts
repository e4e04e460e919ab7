import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../house/sources.ts'
import { DebianSystem } from './system.ts'

const FOLDER = '/srv/kuager'
const AUTHORITY = '/srv/root.crt'

/**
 * Of the image of PostgreSQL what compose.yaml relies on, as its authors document it: the environment makes user and
 * database in an empty volume; meanwhile the socket alone answers; then the network is open to those with a password.
 */
const DATABASE_ENTRY = `#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  chown postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s\\n' "$POSTGRES_PASSWORD" >/tmp/password
  initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
  pg_ctl --wait --options="-c listen_addresses=''" start
  createdb --username="$POSTGRES_USER" "$POSTGRES_DB"
  pg_ctl --wait stop
fi
exec "$@"
`

/** Images that compose.yaml takes from others, with the settings that their authors gave them. */
const STAND_INS = {
  'docker.io/library/postgres:17': [
    'ENTRYPOINT ["database-entry"]',
    'CMD ["postgres"]',
    'ENV PGDATA=/var/lib/postgresql/data',
    'ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'STOPSIGNAL SIGINT',
    'VOLUME /var/lib/postgresql/data',
  ],
  'docker.io/library/caddy:2': [
    'CMD ["caddy","run","--config","/etc/caddy/Caddyfile","--adapter","caddyfile"]',
    'ENV XDG_CONFIG_HOME=/config',
    'ENV XDG_DATA_HOME=/data',
    'WORKDIR /srv',
  ],
}

/**
 * A machine with podman-compose and the folder deploy/container. Images of others are made of Debian's packages: there
 * is no registry. Caddy makes certificates for names that end with ".localhost" itself.
 */
export class ComposeHost implements Disposable {
  readonly #host: DebianSystem

  private constructor(host: DebianSystem) {
    this.#host = host
  }

  /** With an image of this version, and `about.json`. */
  static async start(image: string, version: string, about: string): Promise<ComposeHost> {
    const host = new DebianSystem('trixie', ['podman', 'podman-compose', 'aardvark-dns', 'nftables', 'crun'])
    const started = new ComposeHost(host)
    try {
      cpSync(join(ROOT, 'deploy/container'), host.path(FOLDER), { recursive: true })
      writeFileSync(host.path(FOLDER, 'about.json'), about)
      const settings = `KUAGER_VERSION=${version}\nKUAGER_HOST=kuager.localhost\nKUAGER_DATABASE_PASSWORD=secret\n`
      writeFileSync(host.path(FOLDER, '.env'), settings, { mode: 0o600 })
      copyFileSync(image, host.path('srv/kuager.oci.tar'))
      writeStandIn(host.path('srv/stand-in.tar'))
      // Where tests run, limits of processes may belong to control groups of version 1, which podman refuses.
      writeFileSync(host.path('etc/containers/containers.conf'), '[containers]\npids_limit = 0\n')
      await host.boot()
      started.run('podman', 'load', '--input', '/srv/kuager.oci.tar')
      for (const [name, changes] of Object.entries(STAND_INS))
        started.run('podman', 'import', ...changes.flatMap((one) => ['--change', one]), '/srv/stand-in.tar', name)
      for (const name of ['kuager.oci.tar', 'stand-in.tar']) rmSync(host.path('srv', name))
    } catch (error) {
      host[Symbol.dispose]()
      throw error
    }
    return started
  }

  /** A command that has to succeed. */
  run(...command: readonly string[]): string {
    const { status, stdout, stderr } = this.#host.run(...command)
    assert.equal(status, 0, `${command.join(' ')}: ${stdout}${stderr}`)
    return stdout
  }

  /** A command of podman-compose on the folder. */
  compose(...words: readonly string[]): string {
    return this.run('sh', '-c', `cd ${FOLDER} && exec podman-compose "$@"`, 'sh', ...words)
  }

  /** What a server behind the proxy answers with status 200, by a certificate of the proxy's own authority; else undefined. */
  ask(url: string, ...options: readonly string[]): string | undefined {
    const { status, stdout } = this.#host.run(
      ...['curl', '--silent', '--fail', '--location', '--cacert', AUTHORITY, ...options, url],
    )
    return status === 0 ? stdout : undefined
  }

  /** Trusts the authority that the proxy has made; false while it has none. */
  trust(): boolean {
    const at = 'kuager_proxy_1:/data/caddy/pki/authorities/local/root.crt'
    return this.#host.run('podman', 'cp', at, AUTHORITY).status === 0
  }

  /** Writes a file that `ask` can send. */
  write(name: string, text: string): string {
    writeFileSync(this.#host.path('srv', name), text)
    return `/srv/${name}`
  }

  [Symbol.dispose](): void {
    this.#host[Symbol.dispose]()
  }
}

/** The files of a system with PostgreSQL and Caddy, as one layer. */
function writeStandIn(to: string): void {
  using system = new DebianSystem('trixie', ['postgresql-17', 'caddy'])
  const entry = system.path('usr/local/bin/database-entry')
  writeFileSync(entry, DATABASE_ENTRY)
  chmodSync(entry, 0o755)
  const owned = system.run('install', '-d', '-o', 'postgres', '/run/postgresql', '/var/lib/postgresql/data')
  assert.equal(owned.status, 0, owned.stderr)
  const leftOut = ['./proc/*', './sys/*', './dev/*', './var/cache/*', './usr/share/doc/*', './usr/share/locale/*']
  const args = ['--create', '--file', to, ...leftOut.map((one) => `--exclude=${one}`), '-C', system.root, '.']
  assert.equal(spawnSync('tar', args).status, 0)
}
