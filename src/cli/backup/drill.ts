import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DRILLS } from '../../app/backup/format.ts'
import { openBackupTarget } from '../../app/backup/open-source.ts'
import { restoreBackup, type Restored } from '../../app/backup/restore.ts'
import { openIdentities } from '../../app/backup/seal.ts'
import { REGISTRY_FILES } from '../../app/registry/file.ts'
import { EMBEDDED } from '../../app/folder/warehouse-place.ts'
import { PLACES, registryFolder } from '../../app/registry/place.ts'
import type { DrillReport } from '../../app/backup/notes.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import type { World } from '../../runtime/world.ts'
import { readIncidentJournal, decodeRevision } from '../../store/incidents/journal-line.ts'
import { task } from '../terminal/command.ts'
import { flag, optional } from '../terminal/option.ts'
import { filePath, json } from '../terminal/shared-options.ts'
import { writeHanging } from '../terminal/hanging.ts'
import { BACKUP_GENERATION, BACKUP_IDENTITY, BACKUP_KEYS, BACKUP_TARGET, readKeysFile } from './from-option.ts'

type Step = DrillReport['steps'][number]

const JOURNAL = 'revisions.jsonl'

export const DRILL = task({
  about: `
Prove that a backup can be restored. It is restored into a temporary folder; the archive is verified, the warehouse is
rebuilt, incidents are detected again and compared with the journal, and log and registry are checked. Prints a table
with times and leaves a dated report in the target, which the next backup brings to "kuager doctor".`,
  examples: ['--from /mnt/backup --identity age.key --keys keys.age'],
  usage: ['--from TARGET --identity FILE [--keys FILE]'],
  options: {
    from: BACKUP_TARGET,
    identity: BACKUP_IDENTITY,
    keys: BACKUP_KEYS,
    at: BACKUP_GENERATION,
    work: optional('DIR', 'Folder in which the temporary one is made: it needs space for the whole copy.', {
      read: filePath,
      byDefault: 'TMPDIR',
    }),
    'no-report': flag('Leave no report in the target.'),
    json: json(),
  },
  exit: { 3: 'a step failed' },
  notes: `
Run it on another machine than the server: the secret key does not belong there.`,
  run: async (values, { world }) => {
    await using objects = openBackupTarget(world, values.from)
    const work = await mkdtemp(join(values.work ?? tmpdir(), 'kuager-drill-'))
    try {
      const opener = await openIdentities(values.identity)
      const keys = await readKeysFile(values.keys)
      const drill = new Drill(world, join(work, 'restored'))
      const restored = await drill.restore(() =>
        restoreBackup({ objects, opener, keys, generation: values.at, into: drill.folder, signal: world.signal }),
      )
      await drill.run(restored, keys !== undefined)
      const report: DrillReport = {
        ...{ format: 'kuager-backup-drill/1', generation: restored.manifest.generation },
        ...{ backup_at: restored.manifest.at, at: formatInstantUtc(systemClock.now()) },
        ...{ passed: drill.steps.every(({ passed }) => passed), steps: drill.steps },
      }
      if (!values['no-report']) {
        const name = `${report.at.replaceAll(/[-:]|\.\d+/g, '')}-${String(report.generation).padStart(6, '0')}.json`
        await objects.put(`${DRILLS}${name}`, Buffer.from(`${JSON.stringify(report, undefined, 2)}\n`))
      }
      if (values.json) world.out.write(`${JSON.stringify(report)}\n`)
      else tell(report, world)
      return report.passed ? 0 : 3
    } finally {
      await rm(work, { recursive: true, force: true })
    }
  },
})

function tell({ steps, passed, generation, backup_at: at }: DrillReport, world: World): void {
  for (const { step, passed: good, found, seconds } of steps)
    writeHanging(
      world,
      `${good ? 'ok' : 'BAD'}`.padEnd(5) + step.padEnd(12) + `${seconds.toFixed(1)} s`.padStart(9) + '  ',
      found,
    )
  world.out.write(`generation ${generation} of ${at}: ${passed ? 'it can be restored' : 'a step failed'}\n`)
}

class Drill {
  readonly #world: World
  readonly folder: string
  readonly steps: Step[] = []

  constructor(world: World, folder: string) {
    this.#world = world
    this.folder = folder
  }

  async #step(step: string, act: () => Promise<Pick<Step, 'passed' | 'found'>>): Promise<void> {
    this.#world.signal.throwIfAborted()
    const begun = systemClock.monotonic()
    const found = await act()
    this.steps.push({ step, ...found, seconds: (systemClock.monotonic() - begun) / 1000 })
  }

  /** A restore that fails ends the drill: there is nothing to look at. */
  async restore(act: () => Promise<Restored>): Promise<Restored> {
    let restored: Restored | undefined
    await this.#step('restore', async () => {
      restored = await act()
      const { manifest, bytes } = restored
      return {
        passed: true,
        found: `${manifest.files.length} files, ${(bytes / 1e6).toFixed(1)} MB, each piece verified`,
      }
    })
    return restored! // else it has thrown
  }

  async run({ manifest, keys, logged, erased }: Restored, hasKeys: boolean): Promise<void> {
    if (manifest.log !== null)
      await this.#step('tiles', async () => ({
        passed: true,
        found: `${logged} leaves have the root of the log’s state`,
      }))
    // A part in PostgreSQL is not in the backup: the copy must not look for it.
    await rm(join(registryFolder(this.folder), PLACES), { force: true })
    if (manifest.kind === 'observatory') {
      // Without the key no measurement that was erased could be recognised; in a copy that is thrown away none comes.
      const key = join(this.folder, 'archive', 'erasure.key')
      if (!existsSync(key)) await writeDurable(key, randomBytes(32))
      await this.#step('archive', () => this.#archive(erased.erased))
      const before = await this.#journal()
      await this.#step('rebuild', () =>
        this.#command(
          ['rebuild', '--json'],
          (value) => `${String(value['stored'])} measurements judged, ${String(value['broken'])} broken`,
        ),
      )
      await this.#step('incidents', () => this.#incidents(before))
      if (manifest.log !== null) await this.#step('log', () => this.#log(hasKeys))
    }
    if (existsSync(join(this.folder, 'registry')))
      await this.#step('registry', () => this.#registry(manifest.elsewhere))
    await this.#step('keys', async () => ({
      passed: true,
      found: hasKeys ? `${keys} files opened` : 'not tested: --keys was not given',
    }))
  }

  /** A registry of which every part is in PostgreSQL has no file here: its own backup is proved in its own way. */
  async #registry(elsewhere: readonly string[]): Promise<Pick<Step, 'passed' | 'found'>> {
    const files = Object.values(REGISTRY_FILES).map(({ name }) => join(registryFolder(this.folder), name))
    const away = elsewhere.length === 0 ? [] : [`in PostgreSQL, and not in this backup: ${elsewhere.join(', ')}`]
    if (away.length > 0 && !files.some((file) => existsSync(file))) return { passed: true, found: away.join() }
    return this.#command(['registry', 'check'], () => ['every file is whole', ...away].join('; '))
  }

  async #archive(erased: number): Promise<Pick<Step, 'passed' | 'found'>> {
    return this.#command(['archive', 'verify', '--json'], (value) => {
      const { ok, corrupt } = value
      return `${String(ok)} whole, ${String(value['erased'])} erased of ${erased} erasures, ${String(corrupt)} corrupt`
    })
  }

  async #journal(): Promise<Buffer> {
    return readFile(join(this.folder, 'incidents', JOURNAL)).catch(() => Buffer.alloc(0))
  }

  /**
   * What a detection over all measurements made of the journal: its bytes are as they were, and nothing that had ended
   * was revised. An incident that was running may have ended meanwhile.
   */
  async #incidents(before: Buffer): Promise<Pick<Step, 'passed' | 'found'>> {
    const [old, all] = [
      readIncidentJournal(before, JOURNAL).lines,
      readIncidentJournal(await this.#journal(), JOURNAL).lines,
    ]
    const known = new Map(old.map(({ text }) => decodeRevision(text)).map((one) => [one.id, one]))
    if (!old.every(({ text }, nth) => all[nth]?.text === text))
      return { passed: false, found: 'the journal has other bytes' }
    const added = all.slice(old.length).map(({ text }) => decodeRevision(text))
    const ended = added.filter(({ id }) => known.get(id)?.running !== true)
    // Other rules than those that the journal was made by: then also incidents near them may be revised.
    const rules = added.some(({ reason }) => reason === 'rules')
    const parts = [
      `${known.size} incidents`,
      rules
        ? `${ended.length} revised by newer rules: run the drill with the program that made the backup to compare them`
        : `${ended.length} differ from the journal`,
      ...(added.length === ended.length ? [] : [`${added.length - ended.length} further revisions of running ones`]),
    ]
    return { passed: rules || ended.length === 0, found: parts.join('; ') }
  }

  async #log(hasKeys: boolean): Promise<Pick<Step, 'passed' | 'found'>> {
    let text = ''
    const exit = await this.#ask(['log', 'check', '--json'], (more) => (text += more))
    if (exit !== 0 && exit !== 3) return { passed: false, found: text.trim() }
    const { leaves, problems } = JSON.parse(text) as { leaves: number; problems: { file: string; what: string }[] }
    const real = problems.filter(({ file }) => hasKeys || !file.endsWith('.seed'))
    const found = `${leaves} leaves, ${real.length} problems${real[0] === undefined ? '' : `: ${real[0].file}: ${real[0].what}`}`
    return { passed: real.length === 0, found }
  }

  /** Runs a command of ours on the copy; its last line is one JSON object where `--json` is given. */
  async #command(
    argv: readonly string[],
    found: (value: Readonly<Record<string, unknown>>) => string,
  ): Promise<Pick<Step, 'passed' | 'found'>> {
    let text = ''
    const exit = await this.#ask(argv, (more) => (text += more))
    const last = text.trim().split('\n').at(-1) ?? ''
    if (exit !== 0) return { passed: false, found: last }
    return { passed: true, found: found(argv.includes('--json') ? (JSON.parse(last) as Record<string, unknown>) : {}) }
  }

  #ask(argv: readonly string[], write: (text: string) => unknown): Promise<number> {
    const world: World = { ...this.#world, terminal: false, out: { write }, err: { write } }
    // What the environment says of a registry in PostgreSQL is about the server, not about the copy.
    const env = Object.fromEntries(
      Object.entries(world.env).filter(([name]) => !/^KUAGER_\w*(?:DATABASE|REGISTRY|WAREHOUSE|STORE)$/.test(name)),
    )
    // A warehouse on a server, which the copy remembers, is the server's too: that of the copy is made in it.
    const own = { ...env, KUAGER_WAREHOUSE: EMBEDDED }
    return world.runCommand([...argv, '--folder', this.folder], { ...world, env: own })
  }
}
