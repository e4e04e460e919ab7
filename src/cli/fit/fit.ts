import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { parseForm, readJson, textDigest, writeNewFile } from '../../app/proof/frozen-file.ts'
import { fitTable, type ReviewedIncident } from '../../core/detect/cause/fit-table.ts'
import { makeCauseTable } from '../../core/detect/cause/table.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { CAUSE_ITEMS, CAUSES, type CauseItem } from '../../core/model/incident/cause.ts'
import { printable } from '../../core/text/printable.ts'
import { systemClock } from '../../runtime/clock.ts'
import { loadCauseFile } from '../../runtime/tables/cause-files.ts'
import { task } from '../terminal/command.ts'
import { required, withDefault, wholeNumber } from '../terminal/option.ts'

const labelsSchema = z.record(z.string(), z.enum([...CAUSES, 'interference', 'fault']))
const incidentSchema = z.object({
  id: z.string(),
  cause: z.object({ items: z.array(z.object({ item: z.string(), outcome: z.string() })) }),
})

export const command = task({
  about: `
Propose a table of causes from reviewed incidents. Every entry is a posterior
mean; today's table counts as a number of incidents. The proposal has a version of its own and is never applied
automatically: an editor replaces data/causes.json.`,
  examples: ['incidents.jsonl --labels causes.json --out proposed.json'],
  words: { INCIDENTS: 'Incidents, one JSON object a line, as "kuager date --json" prints them.' },
  options: {
    labels: required('CAUSES', 'JSON: by id of an incident its cause, or interference or fault.', 'a file'),
    out: required('OUT', 'Where the proposal is written; nothing is overwritten.', 'a file that does not exist yet'),
    strength: withDefault('N', 'Incidents that today’s table counts as.', '10', wholeNumber(1, 10_000)),
  },
  exit: { 3: 'some incidents have no label or could not be read' },
  async run({ labels: named, out, strength }, { world, words: [file = ''] }) {
    const labels = parseForm(labelsSchema, await readJson(named, world), named)
    const lines = (await readFile(resolve(world.cwd, file), 'utf8')).split('\n')
    const incidents: ReviewedIncident[] = []
    let aside = 0
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue
      const found = reviewed(line, labels)
      if (typeof found !== 'string') incidents.push(found)
      else {
        aside++
        world.err.write(`${printable(`${file}, line ${i + 1}: ${found}`)}\n`)
      }
    }
    const { file: today, digest } = loadCauseFile()
    const fitted = fitTable(incidents, makeCauseTable(today, digest), strength)
    const proposal = {
      format: 'kuager-proposed-causes/1',
      from_table: digest,
      strength,
      incidents: fitted.incidents,
      table: {
        note: `Proposed from ${incidents.length} reviewed incidents; not in use. ${today.note}`,
        source: `kuager fit, from table ${digest} with a strength of ${strength} incidents`,
        checked_at: new Date(systemClock.now()).toISOString().slice(0, 10),
        causes: fitted.causes,
      },
    }
    makeCauseTable(proposal.table, digest) // what is proposed could be used
    const version = textDigest(encodeCanonical(proposal))
    await writeNewFile(out, `${JSON.stringify({ version, ...proposal }, undefined, 1)}\n`, world)
    world.out.write(
      `${incidents.length} incidents, ${fitted.rounds} rounds. Proposed, not applied: version ${version}\n`,
    )
    return aside > 0 ? 3 : 0
  },
})

const isItem = (name: string): name is CauseItem => name in CAUSE_ITEMS

/** One line with its label; a sentence where it cannot be used. */
function reviewed(line: string, labels: z.infer<typeof labelsSchema>): ReviewedIncident | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'no JSON'
  }
  const parsed = incidentSchema.safeParse(value)
  if (!parsed.success) return 'no incident with its pieces of evidence'
  const truth = labels[parsed.data.id]
  if (truth === undefined) return `no label for ${parsed.data.id}`
  const items = parsed.data.cause.items.flatMap(({ item, outcome }) => {
    const known = isItem(item) ? CAUSE_ITEMS[item].find((one) => one === outcome) : undefined
    return isItem(item) && known !== undefined ? [{ item, outcome: known }] : []
  })
  return items.length === parsed.data.cause.items.length
    ? { items, truth }
    : 'a piece of evidence that this table does not have'
}
