import type { World } from '../../runtime/world.ts'
import { InputError } from '../../core/model/errors.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { printable } from '../../core/text/printable.ts'

const HELP = `Keeps an open letter: a service of its own, apart from the observatory (docs/operating/letter.md).

Usage, on a machine of your own, offline where you can:
  kuager letter new --out LETTER.json [--id ID]
  kuager letter check LETTER.json [--json]
  kuager letter keys new --holder NAME --out FILE [--hybrid]
  kuager letter keys add LETTER.json --recipient age1… --kk NAME --ru NAME --en NAME [--layer 1|2]
  kuager letter keys show LETTER.json [--lang LANG] [--json]
  kuager letter keys reviewer --holder NAME --out FILE
  kuager letter open BUNDLE --identity FILE [--identity FILE] --out DIR [--key KEY] [--lang LANG]
                     [--at TIME] [--bom] [--no-pdf]
  kuager letter approve JOB.json --key FILE

On the server, with --folder DIR --secrets DIR:
  kuager letter serve [--origin URL] [--public] [--port N] [--host ADDRESS] [--onion URL]
                     [--trusted-proxy CIDR] [--networks FILE]…
  kuager letter publish LETTER.json [--origin URL] [--change-keys]
  kuager letter status [--json]
  kuager letter review [ID] [(--release LABEL | --refuse LABEL --reason REASON) [FILTER]]
                       [--note TEXT] [--json]
  kuager letter invalidate [ID] (--from review.csv | FILTER --reason REASON) [--note TEXT] [--json]
  kuager letter jobs [JOB] [--sign] [--json]
  kuager letter approve APPROVAL.json
  kuager letter run JOB
  kuager letter restore JOB [--note TEXT]
  kuager letter export [ID] --out BUNDLE --by NAME --why TEXT [--json]
  kuager letter withdraw [CODE]
  kuager letter close [ID] --sure ID
  kuager letter destroy [ID] --sure ID [--early]

For everybody:
  kuager letter verify PLACE [--key KEY] [--receipt FILE|CODE] [--route ROUTE] [--lang LANG]
                       [--json]
  kuager letter watch URL --keys LETTER.json [--key KEY] [--state FILE] [--route ROUTE] [--accept]
                      [--json]

new        Writes a whole letter to be filled in, with remarks.
check      Says everything that a letter lacks. Ends with 3 where it cannot be published.
keys       new: makes the secret key of a holder and prints its public half. Never on the server.
           --hybrid also withstands computers that break today's keys; the age program of today's
           Debian (1.2) does not open what is sealed to it.
           add: names a holder in the letter. One layer: any holder opens alone; with two, a holder
           of each together.
           show: public keys and fingerprints in three languages, to be printed and compared with
           those of the page.
           reviewer: makes the key of somebody who approves removals; what it prints goes into
           reviewers.json.
open       Opens what was handed over: checks everything against the log, decrypts, writes
           signatures.csv, findings.txt, review.csv and the printed lists, one for the addressees
           and one for publication, in three languages. Ends with 3 where something is wanting.
serve      Serves the pages of the letters of a folder (port 8421), counts signatures in batches,
           destroys what is due, and runs the other parts for whoever calls them. Without --public
           its letters are simulated and all of it says so. Mail goes out as mail.json in the folder
           of secrets says.
publish    Publishes a letter or its next version, in the log for ever. --change-keys where the next
           version has other keys.
status     Numbers, what waits, what was handed over. Ends with 3 where log and registry disagree or
           something is overdue.
review     What was held back because too much came from one part of the network, or because
           nothing is known of it after a crash; lets it count, or refuses it for good. With FILTER
           only that part of a group.
invalidate Prepares that signatures count no longer: nothing changes before "run". FILTER: --tier,
           --region, --since and --until (whole hours). REASON: duplicate, forged, not-a-person,
           consent, other; the public sees how many and why.
jobs       Prepared removals. More than 100 signatures in a day need the approval of two reviewers.
approve    With the key of a reviewer, on the machine of that person: signs a job. On the server:
           takes the approval.
run        Does a job. restore prepares its way back, but for what was withdrawn or refused.
export     Writes the handover for the holders of the keys, whole or not at all; kept in mind with
           who took it and why.
withdraw   Withdraws a signature by its receipt, which is asked for where it is not given.
close      Ends the signing before its last day, for ever.
destroy    Destroys everything sealed, looks whether it is gone, and names the entry of the log that
           says so.
verify     Counts the signatures again from the log and compares. PLACE is the address of a letter
           service, the folder of a handover, or a folder with the files of a log. Ends with 3 where
           something is wanting.
watch      Compares what a service serves with what it should: keys of the letter, page for signing
           and its script, a log that only grows. To be run every hour by somebody else than who
           keeps the service. Ends with 3, and says what, where something changed; --accept takes
           what is served now as the new state.

Options:
  --folder DIR     folder of the service (KUAGER_LETTER_FOLDER, else kuager-letter)
  --secrets DIR    folder of its secrets, outside of it (KUAGER_LETTER_SECRETS)
  --key KEY        a key of the log that you trust, as a line "name+hash+base64" or a file of such
                   lines
  --identity FILE  secret keys of age; of two layers a key of each. A key that is itself sealed can
                   come through a pipe
  --receipt R      the proof that a signer saved, or the code, which the service at PLACE is then
                   asked about
  --at TIME        date of the printed lists; the same bundle, keys and time give the same bytes
  --bom            begins signatures.csv with the mark by which Excel knows the encoding
  --route ROUTE    way to the service: direct (default), tor, http://HOST:PORT or socks5://HOST:PORT
  --state FILE     where watch keeps what it saw last (default: beside LETTER.json, with the ending
                   .seen)
  --lang LANG      kk, ru or en (default KUAGER_LANG, else kk)
  --json           for programs
`

/** Whatever runs a part of the command: `args` are those behind its name. */
export interface LetterPart {
  run(args: readonly string[], world: World): Promise<number>
}

const PARTS: Readonly<Record<string, () => Promise<LetterPart>>> = {
  new: () => import('./new.ts'),
  check: () => import('./check.ts'),
  keys: () => import('./keys.ts'),
  open: () => import('./hand-over/open.ts'),
  serve: () => import('./serve.ts'),
  publish: () => import('./publish.ts'),
  status: () => import('./status.ts'),
  review: () => import('./signature/review.ts'),
  invalidate: () => import('./signature/invalidate.ts'),
  jobs: () => import('./signature/jobs.ts'),
  approve: () => import('./signature/approve.ts'),
  run: () => import('./signature/run.ts'),
  restore: () => import('./signature/restore.ts'),
  export: () => import('./hand-over/export.ts'),
  withdraw: () => import('./withdraw.ts'),
  close: () => import('./close.ts'),
  destroy: () => import('./hand-over/destroy.ts'),
  verify: () => import('./watch/verify.ts'),
  watch: () => import('./watch/watch.ts'),
}

async function run(args: readonly string[], world: World): Promise<number> {
  const [name = '', ...rest] = args
  const part = Object.hasOwn(PARTS, name) ? await PARTS[name]?.() : undefined
  if (part !== undefined) return part.run(rest, world)
  const found = name === '' ? 'nothing to do is named' : `found "${printable(name)}"`
  throw new InputError(`Cannot run letter: ${found}; see "kuager letter --help"`, {
    code: 'letter.usage',
    path: 'arguments',
    expected: Object.keys(PARTS).join(', '),
  })
}

export const command: Command = { help: HELP, run }
