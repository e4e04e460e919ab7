import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { printable } from '../../core/text/printable.ts'

const HELP = `Looks after the transparency log of a data folder (docs/formats/log.md).

Usage:
  kuager log status [--folder DIR] [--json]
  kuager log keys [--folder DIR] [--json]
  kuager log sequence [--folder DIR] [--origin URL]
  kuager log rotate [--retire] [--folder DIR]
  kuager log proof LEAF [--folder DIR] [--out FILE]
  kuager log check [--folder DIR] [--json]
  kuager log stamp [--folder DIR] [--json]
  kuager log witness [--folder DIR] [--json]
  kuager log monitor URL [--state FILE] [--key KEY]… [--policy FILE] [--once | --every TIME]
                     [--sample N] [--alert URL|PROGRAM]… [--route ROUTE] [--accept] [--json]

status    Origin, size and root of the newest checkpoint, how many leaves wait for the next, keys;
          which authorities have stamped it and which witnesses cosigned it, and what failed.
keys      The verifier keys, a line each, the newest last: publish them where readers find them
          without this server.
sequence  Takes every leaf of the archive into the tree and publishes a checkpoint. Begins the log
          where there is none: it is of real or of simulated measurements for ever, and so is its
          name. "kuager serve" does all this by itself.
rotate    Makes a new key; the change is logged, signed by both. Both sign from then on, until
          --retire ends the old one.
proof     The file by which anybody sees that a leaf is in the log (C2SP tlog-proof).
check     Makes the whole tree again from the archive and holds every tile, checkpoint and change of
          keys against it. Ends with 3 where something does not fit, and names the file.
stamp     Asks the authorities for time stamps of the newest checkpoint now; 3 where one failed.
witness   Asks the witnesses for their signatures under it now; 3 where one failed or the quorum is
          not reached.
monitor   Follows the log of an observatory from elsewhere; needs no data folder. It checks each
          checkpoint, that the log only grows, witnesses, new entries, and a sample of incidents
          from what is public (docs/operating/monitor.md). With --once it ends with 3 after an
          alert.

Options:
  --folder DIR   data folder (KUAGER_FOLDER, else kuager-data)
  --origin URL   public address of the site, such as https://kuager.example, after which a log that
                 is begun is named (default: a name under a reserved domain)
  --out FILE     where the proof goes; never overwritten (default: printed)
  --json         one JSON object

Options of monitor:
  --state FILE   what was seen last, a few KB (default: kuager-monitor.json). If checkpoints fork,
                 both are kept in FILE.fork-….json
  --key KEY      key of the log that you trust, or a file of them; may be given several times.
                 Without it the keys of the first look are trusted from then on
  --policy FILE  your policy of witnesses (C2SP tlog-policy). Witnesses in it that have an address
                 are asked what they hold. Without it the server's published quorum is demanded
  --every TIME   time between two rounds, from 10s to 24h (default: 10m)
  --sample N     incidents and earlier entries that each round checks, 0 to 99 (default: 3)
  --alert WAY    an https address that gets the alert by POST, or a program that gets it on its
                 standard input; may be given several times
  --route ROUTE  direct, tor, http://host:port or socks5://host:port (default: direct)
  --accept       take what is served now as right; no alert is raised
`

/** Whatever runs a part of the command: `args` are those behind its name. */
interface Part {
  run(args: readonly string[], world: World): Promise<number>
}

const PARTS: Readonly<Record<string, () => Promise<Part>>> = {
  status: () => import('./status.ts'),
  keys: () => import('./keys.ts'),
  sequence: () => import('./sequence.ts'),
  rotate: () => import('./rotate.ts'),
  proof: () => import('./proof.ts'),
  check: () => import('./check.ts'),
  stamp: () => import('./stamp.ts'),
  witness: () => import('./witness.ts'),
  monitor: () => import('./monitor.ts'),
}

async function run(args: readonly string[], world: World): Promise<number> {
  const [name = '', ...rest] = args
  const part = Object.hasOwn(PARTS, name) ? await PARTS[name]?.() : undefined
  if (part !== undefined) return part.run(rest, world)
  throw new InputError(`Cannot run log: found "${printable(name)}"; see "kuager log --help"`, {
    code: 'log.usage',
    path: 'arguments',
    expected: Object.keys(PARTS).join(', '),
  })
}

export const command: Command = { help: HELP, run }
