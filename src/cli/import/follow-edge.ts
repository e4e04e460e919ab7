import { openEdges } from '../../app/edge/follow-edges.ts'
import { fingerprintFiles } from '../../app/folder/fingerprint-files.ts'
import { completeRows } from '../../app/folder/import-stores.ts'
import { withFolder } from '../../app/folder/open.ts'
import { untilAborted } from '../../app/web/until-aborted.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { printable } from '../../core/text/printable.ts'
import type { EdgePass } from '../../pipeline/follow/edge/edge-follower.ts'
import { task } from '../terminal/command.ts'
import { EDGE_SOURCE_OPTIONS, edgesSettings } from '../terminal/edge-options.ts'
import { flag } from '../terminal/option.ts'
import { FOLDER } from '../terminal/shared-options.ts'

export const command = task({
  about: `
Take new measurements from the observatory's edges. Each is taken once, with the sender's standing, its edge and the
minute of receipt, and compared with the log that the edge signed.

An edge is another "kuager serve" of the same operator. Its address is a bucket to which it ships
(s3://BUCKET/PREFIX), its data folder, or the https address that it opens with --edge-address
(docs/operating/edges.md).`,
  examples: ['https://edge.kuager.example:8423 --edge-token token.txt'],
  words: { 'ADDRESS…': 'Edges: s3://BUCKET/PREFIX, the path of a folder, or https://HOST:PORT.' },
  options: {
    once: flag('End after one check of each edge.'),
    unsigned: flag(
      `Also take what was shipped and that the log of the edge did not sign: only of an edge whose disk is lost, since
      only the bucket answers for it. With --once.`,
    ),
    ...EDGE_SOURCE_OPTIONS,
    folder: { ...FOLDER, about: 'Data folder of the centre; it is made if it does not exist.' },
  },
  exit: { 0: 'with --once: everything was taken', 3: 'with --once: an edge could not be read to its end' },
  async run({ once, unsigned, folder: path, ...values }, call) {
    if (unsigned && !once) throw wrongOption('unsigned', 'it is given without --once', 'both')
    const { world, words } = call
    return withFolder(world, { folder: path, ...call }, async (folder) => {
      await completeRows(folder, world, { fingerprintFiles: fingerprintFiles([], world) })
      let code = 0
      {
        await using edges = await openEdges(folder, edgesSettings({ ...values, edge: words }, world), world)
        if (once)
          for (const [nth, look] of (await edges.once()).entries()) {
            const name = printable(edges.views()[nth]?.name ?? '')
            if (look.kind === 'failed' || look.pass.behind > 0) code = 3
            if (look.kind === 'read') world.out.write(`${name}: ${sentence(look.pass)}\n`)
          }
        if (unsigned) world.out.write(`${await edges.takeUnsigned()} entries were taken that no log has signed\n`)
        if (!once) {
          edges.begin()
          await untilAborted(world.signal)
        }
      }
      // What is not judged when its turn was cut off is judged now, or by the next start.
      if (!world.signal.aborted) await completeRows(folder, world, { fingerprintFiles: fingerprintFiles([], world) })
      return code
    })
  },
})

function sentence({ origin, counts, behind }: EdgePass): string {
  if (origin === undefined) return 'its log was not begun yet'
  const { added, known, barred, erased, refused, foreign } = counts
  const rest = Object.entries({
    'erased before': barred,
    'erased there': erased,
    refused,
    'not its own': foreign,
  })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `, ${count} ${what}`)
  return `${added} measurements added, ${known} known${rest.join('')}; ${behind} entries left`
}
