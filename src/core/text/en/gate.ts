import type { GateKey } from '../gate-keys.ts'

export const gate = {
  'verify.title': 'Verify',
  'verify.lead': 'What you can check yourself, without trusting this server, and what you cannot.',
  'verify.fingerprint': 'SHA-256',
  'verify.code': 'A check code',
  'verify.code.about':
    'On each share card and in each citation stands a code of eight letters and digits. It leads to the record it was made from.',
  'verify.code.label': 'Check code',
  'verify.code.send': 'Look it up',
  'verify.code.reads':
    'Capitals and the dash do not matter. If a code leads nowhere, or to something else than the card shows, the card was changed, or was not made here.',
  'verify.code.copy': 'In a copy without a server a code cannot be looked up: open the live page.',
  'verify.digest': 'The digest of an incident',
  'verify.digest.about':
    'On the page of an incident stands its SHA-256. The file of that incident has exactly this digest, on every system:',
  'verify.digest.compare':
    'Compare with the digest on the page, on a card, in a citation, with one that was written down earlier.',
  'verify.digest.differs':
    'If it differs, the revision may be another one: give its number in the address. If it still differs, something was changed.',
  'verify.judge': 'A verdict, drawn again',
  'verify.judge.about':
    'Take the file of a measurement and let the program judge it on your own machine. It contacts nobody:',
  'verify.judge.same':
    'The verdict, the rule and the grounds are those of the page, if rules and tables have the same version.',
  'verify.judge.differs':
    'The file is the public form: addresses were erased from it. In rare cases a verdict rests on what was erased; the page then says more than the file.',
  'verify.copies': 'A copy or a mirror',
  'verify.copies.about': 'A copy carries a list of all its files with their digests, and a signature over that list:',
  'verify.copies.key': 'The signature must belong to this key:',
  'verify.copies.nokey': 'This server has made no signed copy yet, so there is no key to show.',
  'verify.copies.copy':
    'You are reading a copy. Whoever changed it could have changed this line as well: take the key from another source.',
  'verify.events': 'A frozen list of events',
  'verify.events.about':
    'Tests of coincidence rest on a list that was fixed and hashed before. The command says whether it is unchanged; since when it stands only its earlier publication shows:',
  'verify.not': 'What cannot be checked',
  'verify.not.first':
    'That a measurement was really made as its bytes say. A signature shows which key wrote it, not that it is true.',
  'verify.not.all':
    'That this server has logged everything it was sent. Whoever sends a measurement keeps its receipt.',
  'verify.not.whole': 'That it shows the same to everybody. Compare with other people, a mirror, an earlier copy.',
} satisfies Record<GateKey, string>
