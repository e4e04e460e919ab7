import type { ProofPageKey } from '../proof-page-keys.ts'

export const proofPage = {
  'proof-page.check': 'A bundle of evidence',
  'proof-page.check.about':
    'A bundle is a folder or a zip with everything that a finding rests on: raw measurements, those that speak against it too, the conclusions, the proofs of the log, and the rules they follow from.',
  'proof-page.check.local': 'It is checked on this device. Nothing of it is sent anywhere, and no network is needed.',
  'proof-page.check.take':
    'Bundles that were published stand on the pages of their incidents, under “Measurements behind it”.',
  'proof-page.hand': 'A bundle, checked in other ways',
  'proof-page.hand.about': 'The program takes the same steps on your own machine and contacts nobody:',
  'proof-page.hand.file':
    'Each bundle holds a page that does the same from disk, VERIFY.html, and an instruction for doing it by hand, VERIFY.md. The lists of files alone are checked by two commands:',
  'proof-page.hand.page':
    'A page or an instruction that came with a bundle could have been changed together with it: take the program or a page from elsewhere for a check that counts.',
  'proof-page.hand.own':
    'how to check by hand, as the version of the program on this site writes it into bundles; it serves for bundles that hold another text too. Its SHA-512, to compare with the file in a bundle:',
  'proof-page.log': 'The log',
  'proof-page.log.about':
    'Every measurement, every revision of an incident and every act of custody is a leaf of a log that only grows. Whoever kept an earlier checkpoint of it finds out if anything was taken away or changed.',
  'proof-page.log.checkpoint': 'The last checkpoint, its signed size and digest:',
  'proof-page.log.none': 'This server has signed no checkpoint yet.',
  'proof-page.log.origin': 'Name of the log',
  'proof-page.log.size': 'Leaves',
  'proof-page.log.at': 'Signed',
  'proof-page.log.text': 'The checkpoint word for word',
  'proof-page.log.file': 'As a file',
  'proof-page.keys': 'Keys of the log',
  'proof-page.keys.about': 'Checkpoints of this log are signed by:',
  'proof-page.keys.compare':
    'Write the line down, and compare it with one that somebody else holds, or that stood here earlier. Whoever holds a bundle checks it against the key that was in force at that time.',
  'proof-page.keys.copy':
    'You are reading a copy. Whoever changed it could have changed these lines too: compare with another source.',
  'proof-page.keys.since': 'In force since',
  'proof-page.keys.until': 'In force until',
  'proof-page.receipt': 'A receipt for a measurement',
  'proof-page.receipt.about':
    'On the page of a measurement stands its number in the log. The proof that the log holds it is a small file, which no server is needed to check:',
  'proof-page.receipt.later':
    'A measurement enters the log when it is received; its proof can be fetched a few seconds later, when the next checkpoint is signed.',
  'proof-page.outside': 'Time and witnesses from outside',
  'proof-page.outside.about':
    'A signature does not show when it was made. So checkpoints are stamped by time-stamping services, and signed by witnesses who see that it only grows.',
  'proof-page.outside.no-authority':
    'This server asks no time-stamping service: only earlier copies of its checkpoints show how old they are.',
  'proof-page.outside.no-witness':
    'No one outside this server has cosigned its log. A second history could be shown to some readers; only comparing checkpoints with other readers would show it.',
  'proof-page.outside.authorities': 'Time-stamping services',
  'proof-page.outside.witnesses': 'Witnesses',
  'proof-page.outside.last': 'Last answer',
  'proof-page.outside.covers': 'Leaves it covers',
  'proof-page.outside.well': 'answers',
  'proof-page.outside.failing': 'no valid answer, tries: {count}',
  'proof-page.outside.never': 'has not answered yet',
  'proof-page.outside.quorum-met':
    'The witnesses that the policy of this log demands have signed the checkpoint above.',
  'proof-page.outside.quorum-none':
    'The policy of this log demands no witness: a checkpoint counts without any of their signatures.',
  'proof-page.outside.quorum-unmet':
    'Not all witnesses that the policy of this log demands have signed the checkpoint above.',
  'proof-page.bundle.about':
    'Everything that this conclusion rests on, with its proofs, in one file. It is checked without this server.',
  'proof-page.bundle.file': 'Bundle of {at}',
  'proof-page.bundle.how': 'How a bundle is checked',
  'proof-page.measurement.receipt': 'Receipt',
  'proof-page.measurement.log': 'Log',
  'proof-page.file.title': 'Check this bundle',
  'proof-page.file.lead':
    'Everything happens on this device. The page sends nothing and needs no network: you can switch it off.',
  'proof-page.file.choose':
    'A page opened from disk may not look at the files beside it. Choose the folder in which this file came, or the zip.',
  'proof-page.file.self':
    'This page came with the bundle: whoever changed one could have changed the other. For a check that counts, use the program “kuager verify” or the page on verifying of a site that you trust.',
  'proof-page.file.not':
    'A sound bundle shows that these measurements were logged then, are complete and unaltered, and that the conclusion follows from them. It does not show that a device measured honestly, nor who is behind an interference.',
  'proof-page.tool.choose': 'Choose a bundle',
  'proof-page.tool.zip': 'A zip file',
  'proof-page.tool.folder': 'An unpacked folder',
  'proof-page.tool.drop': 'Either can also be dropped onto this page.',
  'proof-page.tool.chosen': 'Chosen',
  'proof-page.tool.chosen-nothing': 'nothing yet',
  'proof-page.tool.size': '{size} MB',
  'proof-page.tool.files': 'files: {count}',
  'proof-page.tool.key': 'Key of the log that you trust',
  'proof-page.tool.key-about':
    'One line: name, plus sign, eight characters, plus sign, key. Take it from elsewhere than the bundle. Left empty, you are shown which key signed, and compare it yourself.',
  'proof-page.tool.key-wrong': 'This line is no key of a log',
  'proof-page.tool.roots': 'Roots of time-stamping services that you trust',
  'proof-page.tool.roots-about':
    'Certificate files in PEM, from the services themselves. Without one, time stamps are not checked against a root.',
  'proof-page.tool.roots-wrong': 'This file holds no root certificate',
  'proof-page.tool.judge': 'Judge the measurements again',
  'proof-page.tool.judge-about': 'The longest part: verdicts, times and weight are derived anew from the raw data.',
  'proof-page.tool.start': 'Check',
  'proof-page.tool.stop': 'Stop',
  'proof-page.tool.stopped': 'Stopped before the end',
  'proof-page.tool.waiting': 'waits its turn',
  'proof-page.tool.running': 'Being checked',
  'proof-page.tool.read': 'Read: {done} of {all} MB',
  'proof-page.tool.judged': 'Judged again: {done} of {all}',
  'proof-page.tool.result': 'Result',
  'proof-page.tool.sound': 'Nothing wrong was found',
  'proof-page.tool.sound-about': 'No step found a contradiction. What was not checked is said below.',
  'proof-page.tool.untrusted':
    'You named no key that you trust, and a bundle made up from end to end would look the same: compare the key below with one published elsewhere.',
  'proof-page.tool.wanting': 'The bundle is wanting',
  'proof-page.tool.wanting-about':
    'At least one step found something that must not be. Below stands which one, and where.',
  'proof-page.tool.unchecked': 'Nothing could be checked',
  'proof-page.tool.count-ok': 'Steps that hold: {count}',
  'proof-page.tool.count-failed': 'Steps that do not hold: {count}',
  'proof-page.tool.count-not-checked': 'Steps that were not checked: {count}',
  'proof-page.tool.broken': 'The check broke off, which says nothing about the bundle. Reason',
  'proof-page.tool.several': 'Choose one zip file, or one folder',
  'proof-page.tool.no-script':
    'Scripts are switched off here, so this page cannot check anything itself. Other ways stand below.',
} satisfies Record<ProofPageKey, string>
