import { InputError } from '../model/errors.ts'
import type { Command, World } from './command.ts'
import { printable } from './printable.ts'

const HELP = `Keeps an open letter: a service of its own, apart from the observatory (docs/operating/letter.md).

Usage, on a machine of your own, offline where you can:
  kuager letter new --out LETTER.json [--id ID]
  kuager letter check LETTER.json [--json]
  kuager letter keys new --holder NAME --out FILE [--hybrid]
  kuager letter keys add LETTER.json --recipient age1… --kk NAME --ru NAME --en NAME [--layer 1|2]
  kuager letter keys show LETTER.json [--lang LANG] [--json]
  kuager letter open BUNDLE --identity FILE [--identity FILE] --out DIR [--key KEY] [--lang LANG] [--at TIME] [--bom]
                     [--no-pdf]

On the server:
  kuager letter serve --folder DIR --secrets DIR [--origin URL] [--public] [--port N] [--host ADDRESS] [--onion URL]
                      [--trusted-proxy CIDR]

For everybody:
  kuager letter verify PLACE [--key KEY] [--receipt FILE|CODE] [--lang LANG] [--json]
  kuager letter watch URL --keys LETTER.json [--key KEY] [--state FILE] [--accept] [--json]

serve      Serves the pages of the letters of a folder (port 8421), counts signatures in batches, destroys what is due, and
           takes the commands of other processes on that folder. Secrets (keys of mailboxes, mail.json) lie elsewhere.
           --public: takes a real letter only, and needs --origin, to which the links of mails lead.
new        Writes a whole letter to be filled in, with remarks.
check      Says everything that a letter lacks. Ends with 3 where it cannot be published.
keys       new: makes the secret key of a holder and prints its public half. Never on the server. --hybrid also withstands
           computers that break today's keys; the age program opens those from 1.3 on.
           add: names a holder in the letter. One layer: any holder opens alone; with two, a holder of each together.
           show: public keys and fingerprints in three languages, to be printed and compared with those of the page.
open       Opens what was handed over: checks everything against the log, decrypts, writes signatures.csv, findings.txt,
           review.csv and the printed lists, one for the addressees and one for publication, in three languages.
           Ends with 3 where something is wanting.
verify     Counts the signatures again from the log and compares. PLACE is the address of a letter service, the folder of a
           handover, or a folder with the files of a log. Ends with 3 where something is wanting.
watch      Compares what a service serves with what it should: keys of the letter, script of the page, a log that only
           grows. To be run every hour by somebody else than who keeps the service. Ends with 3, and says what, where
           something changed; --accept takes what is served now as the new state.

Options:
  --key KEY        a key of the log that you trust, as a line "name+hash+base64" or a file of such lines
  --identity FILE  secret keys of age; of two layers a key of each. A key that is itself sealed can come through a pipe
  --receipt R      the proof that a signer saved, or the code, which the service at PLACE is then asked about
  --at TIME        date of the printed lists; the same bundle, keys and time give the same bytes
  --bom            begins signatures.csv with the mark by which Excel knows the encoding
  --state FILE     where watch keeps what it saw last (default: beside LETTER.json, with the ending .seen)
  --lang LANG      kk, ru or en (default KUAGER_LANG, else kk)
  --json           for programs
`

/** Whatever runs a part of the command: `args` are those behind its name. */
export interface LetterPart {
  run(args: readonly string[], world: World): Promise<number>
}

const PARTS: Readonly<Record<string, () => Promise<LetterPart>>> = {
  new: () => import('./letter/new.ts'),
  check: () => import('./letter/check.ts'),
  keys: () => import('./letter/keys.ts'),
  open: () => import('./letter/open.ts'),
  verify: () => import('./letter/verify.ts'),
  serve: () => import('./letter/serve.ts'),
  watch: () => import('./letter/watch.ts'),
}

async function run(args: readonly string[], world: World): Promise<number> {
  const [name = '', ...rest] = args
  const part = Object.hasOwn(PARTS, name) ? await PARTS[name]?.() : undefined
  if (part !== undefined) return part.run(rest, world)
  throw new InputError(`Cannot run letter: found "${printable(name)}"; see "kuager letter --help"`, {
    code: 'letter.usage',
    path: 'arguments',
    expected: Object.keys(PARTS).join(', '),
  })
}

export const command: Command = { help: HELP, run }
