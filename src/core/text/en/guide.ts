import type { GuideKey } from '../guide-keys.ts'

export const guide = {
  'guide.contents': 'On this page',
  'guide.command': 'Command',

  'method.title': 'How we know',
  'method.lead':
    'Volunteers’ devices try services again and again. Each attempt is compared with another one that should work. What differs is written down, with the time and with everything that speaks against it.',
  'method.full-link': 'The method in full, with every rule and figure',

  'method.measuring': 'A measurement',
  'method.measuring.opens':
    'A program on a volunteer’s line opens a service the way a browser does: it asks for the address, connects, sends the name of the service and waits for an answer.',
  'method.measuring.often':
    'It repeats this about every {coreMinutes} minutes. The moments are drawn by the clock and by chance, never by the news.',
  'method.measuring.line':
    'First it looks at the line itself. A line that is down, behind a sign-in page or inside a VPN says nothing about a service.',
  'method.measuring.raw':
    'What came back is kept as it was. The conclusion is drawn here, from the raw record, by published rules. What the measuring program concluded is never trusted.',

  'method.control': 'What it is compared with',
  'method.control.abroad':
    'In the same minute a server abroad tries the same. If it fails there too, the service itself is out of order.',
  'method.control.innocent':
    'On the same line sites are tried that were never known to be restricted. If they fail too, the line is out of order.',
  'method.control.needed': 'Without a comparison nothing is called interference. A failure alone shows nothing.',

  'method.pair': 'A pair',
  'method.pair.same':
    'Two names are sent to one and the same address, one right after the other: the name of the service, and another one that nobody restricts.',
  'method.pair.order': 'The other name is sent twice, before and after. So a line that breaks in between is noticed.',
  'method.pair.reads':
    'If the other name passes and the name of the service does not, then address, server and line work. The name alone makes the difference.',
  'method.pair.other': 'Another name: an answer comes',
  'method.pair.service': 'The name of the service: no answer comes',
  'method.pair.again': 'Another name again: an answer comes',

  'method.verdicts': 'Four words for one measurement',
  'method.verdicts.about': 'None of them is a default. What no rule supports is “not determined”.',

  'method.incident': 'How an incident is dated',
  'method.incident.several':
    'One failed measurement is no incident. At least {probes} devices must show it, and it must hold when either of the two that say most is left out. The one exception is a sign that stands by itself, such as a page put in the place of the real one.',
  'method.incident.interval':
    'Between the last measurement that passed and the first that failed nobody looked. So a start is given with an interval: 20:05 (20:01–20:09). By the model it holds the true moment 95 times of 100.',
  'method.incident.gap':
    'Where nobody measured we say “no data”. It never counts as working. Beside each gap stands the longest change that could hide in it.',
  'method.incident.revised':
    'A published incident never changes in silence. Each change is a new revision, with its reason; the earlier ones stay.',

  'method.weight': 'The weight of evidence',
  'method.weight.two':
    'Two explanations are held against each other: access was interfered with, or something was technically broken. Of each finding we ask under which of the two it is more probable.',
  'method.weight.ratio':
    '“55 to 1” says: such findings are about 55 times more probable if access was interfered with than if there was a technical fault. Two such numbers are given: against the one fault that fits best, and against all faults together. The smaller, cautious one is the one to quote.',
  'method.weight.not':
    'That is not the probability of interference. That also depends on what you thought before; on the page of an incident you choose it yourself.',
  'method.weight.against': 'What speaks against stands in the same place and the same size as what speaks for.',

  'method.word': 'When we say “blocking”, and when “fault”',
  'method.word.blocking':
    '“Blocking” needs three things at once: a ratio of {decisive} to 1 or more; more than one line that fails; and a sign that faults do not leave, such as a pair of which only the name of the service fails.',
  'method.word.fault': '“Technical fault” needs a ratio of 1 to {decisive} or less. The likeliest fault is named.',
  'method.word.between': 'Everything between is “not determined”.',
  'method.word.few': 'Where too few devices measured we say “not enough evidence”, and no more.',
  'method.word.politics':
    'Politics has no place in the weight: neither what happened that evening nor who would gain from it. Whether restrictions begin together with events is tested apart, by a list fixed beforehand.',
  'method.word.judged':
    'How much each finding weighs was set by experts’ judgement and tried on simulated incidents. So the weight is calibrated on simulated data alone.',

  'method.scale': 'Words for the strength of evidence',
  'method.scale.about':
    'The same words serve both sides. They follow the European guideline for evaluative reports (ENFSI 2015); our wording has not yet been compared with the printed text.',
  'method.scale.from': 'Ratio from',
  'method.scale.word': 'Support',

  'method.silence': 'When we say nothing',
  'method.silence.line': 'The volunteer’s own line is out of order: nothing is said of any service.',
  'method.silence.control': 'There was nothing to compare with: not determined.',
  'method.silence.few': 'Too few devices, or everything rests on one: not enough evidence.',
  'method.silence.unknown': 'The sender’s key is not known yet: the measurement is shown and counted nowhere.',
  'method.silence.apart': 'The findings point both ways: not determined.',

  'method.limits': 'What we cannot see',
  'method.limits.where':
    'What never reaches us. Where nobody measures there is no data: small providers, villages, many hours of the night. Volunteers choose themselves; they are no sample of the country.',
  'method.limits.short':
    'Short interruptions. A device measures about every {coreMinutes} minutes; what begins and ends in between leaves no trace with it. On a metered line it is {meteredMinutes} minutes. Many devices on a network narrow the gap but do not close it.',
  'method.limits.phones':
    'Phones. We have no program for them. From phones comes what OONI’s app measures and publishes.',
  'method.limits.ipv6': 'IPv6 on lines that do not have it.',
  'method.limits.private':
    'The inside of a service. A message held back, a post hidden, an account closed, a private conversation: we read no traffic.',
  'method.limits.calls':
    'Calls. That a messenger opens does not say that a call connects. For most of them no public test address exists.',
  'method.limits.video':
    'Video that stalls. We move small files and compare speeds; what slows down only after minutes is not seen.',
  'method.limits.vpn':
    'VPN services themselves. We try the sites of VPN services, and the first exchange of VPN protocols with servers of our own. Neither says whether your VPN works.',
  'method.limits.antivirus':
    'Antivirus or interception. An antivirus program or an employer’s filter that opens encrypted connections looks from outside like interception. So one line alone is never enough.',
  'method.limits.root':
    'Foreign certificates. On a device where somebody installed one the browser notices nothing. Our program trusts a list of its own and notices.',
  'method.limits.address':
    'Why an address is silent. A restriction by address looks like a broken server, and mostly ends as “not determined”.',
  'method.limits.place':
    'The exact place. The network we name is the one on which we measured. What happened may have happened further up, on a path that several share.',
  'method.limits.who': 'Who did it. Measurements do not show it.',
  'method.limits.forged':
    'Lies told together. Whoever runs several known devices can send false measurements that fit each other. Against it: keys count only after {afterDays} days on {onDays} of them from the network they name, no incident rests on one device, raw bytes are judged again here, and controls are our own. That makes lying costly, not impossible.',
  'method.limits.thinned':
    'The opposite lie. A known device that always says “opens” weakens an incident where few others measure.',
  'method.limits.calibrated':
    'How often we are right. Thresholds were set on simulated series; too few real cases have been reviewed to say more. “Calibrated” here always means: on simulated data.',
  'method.limits.server':
    'A changed program. Whoever can change the program on a server changes what that server publishes. The page on verifying says what can be checked without trusting it.',

  'full.title': 'The method in full',
  'full.lead':
    'For experts, and for whoever must weigh these pages as evidence. Every figure below is read from the program that serves this page.',
  'full.rule': 'Rule',
  'full.weight': 'log10 of the ratio',
  'full.weight-about':
    'Above 0 speaks for interference, below 0 for an open service, 0 says nothing. Some rules are halved where the control is only inferred.',
  'full.rules-table': 'All rules by which a measurement is judged: {count}',
  'full.explanation': 'Explanation',
  'full.side-interference': 'Interference',
  'full.side-fault': 'Technical fault',
  'full.digest': 'Digest of the table (SHA-256)',
  'full.revision-judge': 'Rules for measurements, revision',
  'full.revision-detect': 'Rules for incidents, revision',
  'full.ground-list': 'Signs, one of which must be there',

  'full.rules': 'Rules in force',
  'full.rules.about':
    'Each verdict names the revision of its rules and the digest of the tables they use; each incident names its own. After a change everything is judged again from the raw record, and what changes for a reader becomes a revision with a reason.',
  'full.rules.documents':
    'The binding text lies in the program’s repository, one page for each subject, with the cases in which a rule is wrong:',

  'full.run': 'One run',
  'full.run.line':
    'The line is looked at before, half-way and at the end: gateway, resolver, clock, sign-in pages, sites for comparison ({canaries}), IPv4 and IPv6, an active VPN. Where it bears no measuring the run is one measurement of the line, and nothing is said of a service.',
  'full.run.scout':
    'Then each name is looked up by every way (the line’s resolver, a public one, an encrypted one), and each address is connected to.',
  'full.run.pairs':
    'Then come pairs of names over TLS and QUIC, pages, exchanges without encryption, and the first exchanges of tunnel protocols, each beside a payload of the same length without the protocol’s shape.',
  'full.run.transfers':
    'Uploads and downloads are measured in pairs as well: the service’s name and an innocent one, to the same address.',
  'full.run.abroad':
    'A control abroad makes the same exchanges in the same minute. Without it the pairs stand for themselves, and more remains undetermined.',
  'full.run.cadence':
    'A short run follows about every {coreMinutes} minutes, a fifth sooner or later by chance; {fullsPerDay} full runs a day, each at a moment drawn evenly from half a day. The cadence depends on the allowance of data, the clock and chance, and on nothing that was measured.',
  'full.run.bytes':
    'A short run is reckoned with {coreKilobytes} KB, a full one with {fullMegabytes} MB, whatever they really took, so that a restriction does not change the cadence. The month’s allowance is {allowanceMegabytes} MB, on a metered line {meteredMegabytes} MB.',
  'full.run.limits':
    'Limits: connection {connectSeconds} s, handshake {handshakeSeconds} s in the first round and {confirmSeconds} s when it is repeated. A short run repeats nothing after {coreSeconds} s, a full one after {fullSeconds} s. A service that would have needed a further try then is left out: nothing is told of it.',

  'full.pairs': 'Pairs',
  'full.pairs.order':
    'Innocent, service, innocent, each on a connection of its own, less than five seconds apart. The innocent name is drawn anew each time and never shares the domain of the service.',
  'full.pairs.confirm':
    'What fails is repeated, up to {rounds} rounds. A handshake that needs more than the first limit is slow, not silent.',
  'full.pairs.crossed':
    'Where only the service’s name fails, that name is also sent to a server that has nothing to do with it. If it fails there while the innocent one is heard, the name is what matters.',
  'full.pairs.neighbour':
    'Where an address is silent, addresses beside it are tried that the control abroad has just reached.',
  'full.pairs.residual':
    'Where the address answers nobody any more once the name was sent, the program waits and asks again, and marks it.',
  'full.pairs.reversed':
    'Where the service’s name passes and the innocent one fails, the pair says nothing of a restriction.',

  'full.judging': 'Judging one measurement',
  'full.judging.never': 'A verdict is never a default: each word has a condition of its own.',
  'full.judging.reachable': '“Reachable” needs a completed exchange on the person’s own path.',
  'full.judging.interfered': '“Interfered” needs a difference from a control at the same layer, or an artefact.',
  'full.judging.unreachable': '“Unreachable” needs the control failing at the same layer; it says nothing of a cause.',
  'full.judging.inconclusive':
    '“Not determined” is everything else, trouble of the line included. The reason is named.',
  'full.judging.removed':
    'If the decisive control is taken away, an “interfered” becomes “not determined”, or “reachable” where a completed exchange remains. A test holds this over every sample; artefacts are the exception.',
  'full.judging.artefact':
    'An artefact stands without a control: a known block page, an address that cannot belong to a public service, a certificate of an issuer known for interception.',
  'full.judging.roots':
    'An unknown issuer of certificates alone is no interference: issuers come and go. The chain is compared with the one that the control saw.',
  'full.judging.named':
    'The addition “by name” is given only where another name passed at the same address in the same run.',
  'full.judging.cap':
    'No single item of a measurement weighs more than a factor of 100. Weights are starting values until they are fitted on reviewed cases.',

  'full.mechanisms': 'Ways in which access fails',
  'full.mechanisms.about':
    'Each has a word for programs, as layer, action, trigger. Every shorter beginning of it is a valid, less exact answer.',
  'full.mechanisms.fault': 'Words that begin with “fault” are no interference.',

  'full.standing': 'Whose measurements count',
  'full.standing.counts':
    'Measurements that were submitted here count where their key is invited or known. All others are judged and shown one by one, and enter no series, incident or weight.',
  'full.standing.known':
    'A key is known after {afterDays} days, on at least {onDays} days from the network that it names. It changes with network and month; an older key vouches for the next one.',
  'full.standing.device':
    'Keys of one invitation count as one device. So do new keys that begin at one address on one day.',
  'full.standing.apart': 'How many were kept apart stands beside each incident and each series.',

  'full.series': 'The model of a series',
  'full.series.reading':
    'A reading holds what happened to the service, to the control and to the sites for comparison, and the ratio that the verdict gave it.',
  'full.series.burst':
    'Repeated tests of one device within minutes weigh as one: whoever repeats after a failure must not count twice.',
  'full.series.chain':
    'Three hidden states run beside each other in continuous time: open or restricted; load of the network; line up or down. The method is a hidden Markov model with filter and smoother.',
  'full.series.kinds':
    'Restrictions are of two kinds, with mean lengths of about {shortHours} and {longHours} hours; in either a share of {passing} of the exchanges may pass.',
  'full.series.load':
    'Under load a share of {loads} of all exchanges fails, the control’s as well. Onsets follow the local hour; the dating without any knowledge of the hour is shown beside.',
  'full.series.failure': 'On an open line without load a share of {failOpen} fails by chance.',

  'full.incidents': 'What is an incident',
  'full.incidents.found':
    'A stretch in which a restriction is more probable than not, and whose highest probability reaches {peak}.',
  'full.incidents.floor':
    'At least {probes} known devices must be witnesses: what each saw inside is at least {witness} times likelier under a restriction than without. Else the word is “not enough evidence”, also where a block page was seen.',
  'full.incidents.one':
    'It is computed again without each device in turn; the probability must stay at {withoutOne} or more. One device with troubles, or one forger, makes no incident. Where one device alone denies what all others show, the incident stands and says so.',
  'full.incidents.states':
    '“Did not open”: hardly anything passed. “Opened partly”: more did. “Slow”: more than half of the failures were slow rather than dead.',
  'full.incidents.alarm':
    'While it runs, an alarm rises at a probability of {raise} with {probes} witnesses within {floorHours} hours, and falls at {clear}. Only then is a running incident published, and it says that it is provisional.',
  'full.incidents.gaps':
    'A gap is more than four intervals without a reading. The longest restriction that could hide in it is the whole of it; no rate of other days says otherwise.',

  'full.dates': 'Dates',
  'full.dates.draws': 'From the model up to {draws} courses of the evening are drawn that fit all readings.',
  'full.dates.interval':
    'Start and end are the medians of these draws, with intervals that hold 50 and 95 of 100 of them.',
  'full.dates.bracket':
    'Beside them stand the last measurement that passed and the first that failed: raw facts without a model.',
  'full.dates.open':
    'Where half of the draws are restricted at the first or last reading, that side is open: “or earlier”, “or later”.',
  'full.dates.margin': 'A margin for devices that are switched one after another widens both sides.',

  'full.throttling': 'Slowness',
  'full.throttling.pair':
    'What counts is the ratio of two handshakes to one address: the service’s name and an innocent one. A slow line slows both.',
  'full.throttling.usual':
    'Each device is compared with itself: {baselineDays} days before, at least {leastDays} days and {leastRounds} rounds, and with its own hours of the day.',
  'full.throttling.slow':
    'In windows of {windowHours} hours at least {slowProbes} devices must be slower than usual by a factor of {slowRatio} or more.',
  'full.throttling.abroad': 'Where the same pair was slow from abroad too, it is the service.',

  'full.cause': 'Weighing the cause',
  'full.cause.propositions':
    '{causes} explanations are compared: {interference} of interference, {faults} of technical faults. None of them says who acted.',
  'full.cause.given':
    'Every probability is conditional on an incident having been raised. That something fails is therefore evidence for neither side.',
  'full.cause.product':
    'The ratio is the mean over the explanations of interference divided by the mean over the faults, each the product of the probabilities of what was seen.',
  'full.cause.skipped': 'What nobody looked at is left out. It is never assumed.',
  'full.cause.order':
    'Items are taken in a fixed order; the share of each is what it adds to those before it. Beside it stands the item alone, with its interval.',
  'full.cause.rival': 'The likeliest fault is named with its own ratio, whatever the word.',
  'full.cause.unseen': 'For each item nobody looked at the page says what the ratio would be after each outcome.',
  'full.cause.intervals':
    'Intervals come from two doubts: the table, taken as if read off {incidents} incidents, and the counts behind each item.',

  'full.word': 'The word rule',
  'full.word.blocking':
    '“Blocking” needs a ratio of {decisive} or more, more than one line known to fail, and one of the signs below.',
  'full.word.grounds':
    'Breadth over networks is worth nothing alone: an outage of a platform hits everybody. Nor does it count that a VPN helps.',
  'full.word.fault': '“Technical fault” needs a ratio of 1 to {decisive} or less.',
  'full.word.between': 'Between them the word is “not determined”; below the floor “not enough evidence”.',

  'full.table': 'The table of probabilities',
  'full.table.about':
    'Experts’ judgement made explicit, last looked at on {checkedAt}; not fitted to the world. No entry lies below {least}, so no single item weighs more than {most} to 1 between two explanations.',
  'full.table.read':
    'Each row is an explanation, each column what may be seen. Entries are percentages of a row. Open an item to see it.',

  'full.coincidence': 'Coincidence with events',
  'full.coincidence.apart': 'Tested apart. Nothing of it enters the weight of evidence.',
  'full.coincidence.frozen':
    'Events, window, statistic and negative controls are fixed and hashed before anybody looks.',
  'full.coincidence.scheduled':
    'Only measurements of the regular schedule are used: people test more when something is going on.',
  'full.coincidence.tests':
    'Two tests must agree at 5%: shifts by whole weeks, and shifts by days after Harris (2020).',
  'full.coincidence.floor': 'A p at its least possible value shows a limit of the data, not strength.',
  'full.coincidence.cause': 'A coincidence shows no cause.',

  'full.revisions': 'Publication and revision',
  'full.revisions.first': 'A running incident is published once its alarm has risen, a finished one always.',
  'full.revisions.published': 'What was published stays: every revision, with time and reason.',
  'full.revisions.revised':
    'What a reader would read differently is a revision: state, word, times by more than some minutes, the ratio by a factor of two.',
  'full.revisions.same': 'The same measurements give the same incidents, byte for byte, in whatever order they came.',
  'full.revisions.erased':
    'A measurement can be erased for a recorded reason. Its id then leaves every revision; that something was erased stays visible.',

  'full.calibration': 'How well it is known',
  'full.calibration.simulated':
    'All figures of quality come from simulated series and incidents, half of them set aside and never used for choosing.',
  'full.calibration.settings': 'Settings of the detector were fitted on the other half.',
  'full.calibration.table': 'The table of causes was not fitted on incidents of the world.',
  'full.calibration.real':
    'Until enough real incidents are reviewed we say “calibrated on simulated data”, never less.',
  'full.calibration.intervals':
    'A 95% interval is one under the model. Where life departs from it, it holds less often.',

  'full.wrong': 'Where the method errs',
  'full.wrong.address': 'An address is restricted and the innocent name stands there too: both fail, nothing is told.',
  'full.wrong.edge':
    'A name broken at the service’s own servers looks like interference by name. On simulated incidents with nearly everything measured this was mistaken most often.',
  'full.wrong.filter': 'A filter of an employer behind which several volunteers sit.',
  'full.wrong.memory': 'Restrictions that follow a timetable to the minute: the model expects lengths drawn by chance.',
  'full.wrong.dependent': 'Items that depend on each other beyond their common cause count twice.',
  'full.wrong.keys': 'Two or more known keys in one hand.',
  'full.wrong.load': 'Evening load that hits the service alone and not what it is compared with.',

  'data.title': 'Data',
  'data.lead':
    'Everything on these pages can be taken away as a file. No registration, no key. Addresses below work as they stand.',
  'data.what': 'What there is',
  'data.what.about':
    'Incidents with all their revisions, the measurements behind them with their raw record, series of each service on each network, statements, acts and corrections.',
  'data.what.real': 'Simulated data say so in each row and each file. A public server holds none.',
  'data.what.apart':
    'Measurements of senders nobody knows yet are there one by one, and are counted in nothing. Take care not to count them yourself.',
  'data.files': 'Files',
  'data.files.about': 'Times are in UTC, texts in UTF-8. CSV has a first line with names of columns.',
  'data.files.table':
    'Import CSV into a table program as text: UTF-8, separated by commas, with a decimal point. Opened by a double click, columns and numbers may come out wrong.',
  'data.kind.board': 'Services now',
  'data.kind.incidents': 'Incidents',
  'data.kind.incident': 'One incident, every field; canonical bytes, whose SHA-256 is cited',
  'data.kind.behind': 'Measurements behind an incident',
  'data.kind.series': 'One service on one network over time',
  'data.kind.measurement': 'One measurement with its verdict and grounds',
  'data.kind.ooni': 'Measurements in OONI’s format, without addresses',
  'data.kind.matrix': 'Services by networks over days',
  'data.kind.corrections': 'Corrections',
  'data.kind.claims': 'Statements beside measurements',
  'data.kind.orders': 'Known acts on restriction',
  'data.kind.places': 'Services and networks that are known',
  'data.kind.description': 'Description of the interface (OpenAPI)',
  'data.kind.feed': 'Feed of incidents (Atom)',
  'data.kind.text': 'One incident as a text to be passed on',
  'data.fields': 'Fields to know',
  'data.fields.id': 'Name of an incident: service, network, first failed measurement. It never changes.',
  'data.fields.times': 'Start and end: median, with 50% and 95% intervals; absent where that side is open.',
  'data.fields.state': 'Restricted, partly restricted, throttled, insufficient.',
  'data.fields.devices': 'Known devices that measured, and those of them that failed.',
  'data.fields.word': 'Word of the weighing, with the log10 of the ratio and its interval.',
  'data.fields.revision': 'Number of the published state, counted from 1.',
  'data.fields.simulated': 'True where anything in the row is made up.',
  'data.cite': 'How to cite',
  'data.cite.how':
    'On the page of each incident stands a line to copy: name, network, times with intervals, revision, digest, check code and address.',
  'data.cite.revision': 'Always give the revision: a running incident changes.',
  'data.cite.not':
    'Do not write who did it, do not turn the ratio into a probability, and do not extend one network to the country.',
  'data.programs': 'For programs',
  'data.programs.about':
    'Everything lies below one address and is only read. Lists come in pages with a cursor; answers carry an ETag, so that an unchanged one costs nothing. Any page of another site may fetch them.',
  'data.programs.errors':
    'An error is an object with a code, the place in the request, what was expected, and a sentence.',
  'data.programs.limits':
    'Who asks too often is told 429 and after how many seconds to come back. Please take files rather than thousands of single answers.',
  'data.feeds': 'Feeds',
  'data.feeds.about':
    'A feed for everything, for each service and for each network. An entry is one revision of one incident, with a text that can be passed on as it stands.',
  'data.embed': 'On your own page',
  'data.embed.about':
    'A small card that says how a service is doing now. It has no script and shows whether anything is simulated.',
  'data.embed.private':
    'The card is fetched from this server. Your readers’ browsers tell it their address; it keeps none.',
  'data.webhook': 'Messages to a server',
  'data.webhook.about':
    'Whoever runs this program can have it send each new revision to an address of their choice. The operator of a public server sets this up; there is no form for it.',
  'data.webhook.signed': 'Each message carries a signature and an id; one that was not taken is sent again.',
  'data.licence': 'Licence',
  'data.licence.program': 'The program is under the Apache License 2.0.',
  'data.licence.none':
    'The operator of this server names no licence for the data. Quote with the source; ask before you republish whole files.',
  'data.licence.ooni':
    'Measurements taken over from OONI remain under OONI’s terms. Their origin stands in each of them.',
  'data.licence.named': 'Licence of the data on this server',
  'data.absent': 'What the files do not hold',
  'data.absent.person':
    'No addresses, no names, no exact times of a device: the minute of a measurement, its network, and a mark that changes with network and month.',
  'data.absent.original':
    'Not the original bytes of a measurement: only its public form, from which addresses were erased.',
  'data.absent.counted': 'No number of people affected beyond bounds, and no money.',

  'join.title': 'Measure with us',
  'join.lead':
    'The more lines measure, the fewer the gaps. Read this page to its end before you start: measuring is visible, and for some people it is not wise.',
  'join.tier': 'Group {tier}',
  'join.read-whole':
    'The program shows this text itself before the first measurement, and asks. Nothing is contacted before.',
  'join.measures': 'What it does',
  'join.measures.never':
    'Never measured, whatever anybody asks for: pages whose mere visit could harm a person, and those of organisations that are banned as extremist.',
  'join.measures.list': 'The list, with the source of every row, lies in the repository: {file}.',
  'join.cost': 'What it costs',
  'join.cost.schedule':
    'A short run about every {coreMinutes} minutes, {fullsPerDay} full ones a day; a full run takes up to about {fullSeconds} seconds. On a line without a limit the month stays within {allowanceMegabytes} MB.',
  'join.cost.metered':
    'On a mobile tariff: at most {meteredMegabytes} MB a month, a short run about every {meteredMinutes} minutes. Any other limit can be given.',
  'join.cost.processor': 'When the limit is reached it rests until the next month.',
  'join.sent': 'What is sent and what is published',
  'join.risk': 'What it may mean for you',
  'join.not': 'Who should not run it',
  'join.not.paid':
    'We pay nobody for results and keep no list of volunteers. Ask others in person only, never through a list.',
  'join.start': 'How to start',
  'join.start.needs':
    'A computer that is often on, with Linux, Windows or macOS. Linux (x64, arm64) and Windows (x64) bring everything; macOS needs Node.js 24 or newer.',
  'join.start.get': 'Get the program:',
  'join.start.once': 'Measure once. It shows the text, asks, and measures then:',
  'join.start.consent':
    'There are three groups and a question for each. “No” is a good answer: the first group alone helps.',
  'join.start.keep': 'Let it measure by itself:',
  'join.start.systems':
    'On Linux the schedule starts with the system. On macOS and Windows the files are written, have not been tried there, and are not started; “{daemon}” keeps the schedule as long as the window is open.',
  'join.start.invitation':
    'If somebody you trust gave you an invitation, enter it; your measurements then count at once. Without one they count after about a week.',
  'join.phone': 'On a phone',
  'join.phone.about':
    'We have no app. OONI’s app measures the same services by its own rules and under its own consent, and publishes what it finds. What it publishes about Kazakhstan can be taken over here.',
  'join.stop': 'How to stop',
  'join.stop.pause': 'A single run: Ctrl and C together.',
  'join.stop.forget': 'Everything: stops the schedule, deletes keys, queue, settings and consent from the machine.',
  'join.stop.stays':
    'What was published stays. What your provider noticed stays as well. Deleting does not overwrite an SSD: encrypt the whole disk beforehand.',
  'join.status': 'Does my line count?',
  'join.status.about': 'What was agreed to, what waits, when it was last sent, how much data it took:',
  'join.status.week': 'It also says how many measurements of your line counted this week, and if none did, why.',

  'safety.title': 'Safety',
  'safety.lead': 'Who can learn what about you, and what helps. We promise nothing that we cannot keep.',
  'safety.reading': 'If you only read',
  'safety.reading.provider':
    'Your provider sees that you opened this address, when, and how much you read. As long as the address begins with https, it is not told which page; from the amount it may guess.',
  'safety.reading.server':
    'This server sees your IP address while it answers, and keeps it nowhere. From it the server learns your network, to show you that one first.',
  'safety.reading.device':
    'Whoever takes your phone sees its history, open windows, saved files and screenshots. Use a private window, or delete them.',
  'safety.reading.root':
    'If somebody had you install a certificate on your phone, whoever holds it can read what you read, on all sites. A page cannot notice that. Remove it in the settings, under certificates.',
  'safety.reading.mail':
    'Mailboxes at .kz and .ru may be read by others than you. Do not write to us about anything delicate from one.',
  'safety.read': 'How to read more safely',
  'safety.read.onion':
    'Tor Browser with the onion address: then your provider sees Tor and not this site. That you use Tor remains visible.',
  'safety.read.private': 'A private window: nothing stays in the history of the device.',
  'safety.read.copy':
    'The one-file copy: a single file that opens without the internet. Whoever gives it to you knows that you have it, and it lies on your device.',
  'safety.read.mirror': 'A mirror at another address, when this one does not open. Check its signature.',
  'safety.read.share':
    'When you pass on a link, the messenger knows what and to whom. A card or a copied sentence says less than a link.',
  'safety.keeps': 'What this server keeps',
  'safety.keeps.none': 'Of those who only read: nothing. No address, no account, no list of visited pages.',
  'safety.keeps.memory':
    'In memory, for as long as an answer takes: your address. A part of it is kept in memory for some time to slow down whoever asks too often, and to count one device once. It is under a key that is never written.',
  'safety.keeps.cookie':
    'No cookie, no storage in the browser. Nothing is fetched from other sites, unless you yourself start a check from the browser.',
  'safety.keeps.log': 'Logs hold faults of the program, without addresses and without what was asked for.',
  'safety.keeps.ahead':
    'A server in front of ours, where the operator has one, sees addresses as well. It must not write them down; whether it does cannot be seen from here.',
  'safety.keeps.measurements':
    'Of measurements: their bytes as received, and the minute. Their public form has no address of the person.',
  'safety.keeps.registry':
    'Of probes: a mark for each key, its network, its first and last day. No address, no name, nothing finer than a day. Forgotten after {forgetDays} days without a measurement.',
  'safety.keeps.people':
    'Of reports and of checks sent from a browser: the service, what happened, the network, the region and the quarter of an hour. No address, no name, nothing that joins two reports. They are erased after {reportDays} days. What is written in words is kept apart, read by a person and erased after {noteDays} days.',
  'safety.keeps.erased':
    'A measurement can be erased on request; that one was erased, and why, stays visible. Copies that others took before, and bundles handed out, cannot be called back: whoever kept one can show that the measurement was here.',
  'safety.measuring': 'If you measure',
  'safety.measuring.provider':
    'Your provider can recognise the program by the pattern of its connections, and sees where results are sent.',
  'safety.measuring.collector':
    'The servers that measurements are sent to, and those abroad, see your address like any site does.',
  'safety.measuring.mark':
    'All measurements of one device on one network in one month are published under one mark. So it can be seen at which hours it was on.',
  'safety.measuring.few':
    'Where you are the only one who measures on a small network, the name of the network may already point to you.',
  'safety.measuring.device':
    'On the machine lie keys, queue, receipts and consent. Whoever takes it sees that it measured, and which measurements are its own.',
  'safety.measuring.browser':
    'A check from the browser shows on the network: the device asks for the names of services one after another. A proof that you saved stays on the device. Whoever finds it sees what you checked.',
  'safety.seized': 'If this server is taken away',
  'safety.seized.what':
    'Whoever takes it gets what it holds: raw measurements, marks of keys, the key that signs copies, and what is public anyway. Reports of people and what they wrote in words are there too, without addresses. Nothing of those who only read.',
  'safety.seized.original':
    'Our own program erases your address before sending. Programs of others may have left something in the original bytes.',
  'safety.seized.goes-on':
    'A server in foreign hands could go on and show something else. You would see it by comparing with a mirror, with a copy made earlier, or with digests that were cited elsewhere. From that day on a signature under a new copy proves nothing: the key is in the same hands.',
  'safety.seized.check': 'How to compare: on the page on verifying.',
  'safety.writing': 'If you write to us',
  'safety.writing.mail': 'Use a mailbox abroad, or the onion address if there is one.',
  'safety.writing.say': 'Do not say more about yourself than is needed. We do not need your name.',
  'safety.writing.send':
    'Screenshots show time, battery, provider, names. Cut them. Photos may hold the place where they were taken.',
  'safety.promise': 'What we do not promise',
  'safety.promise.none':
    'Nobody can promise safety. If being noticed could harm you or people close to you, do not measure, and read by Tor or from a copy.',
  'safety.promise.law': 'No lawyer has checked this page. Law and its use change.',

  'mirrors.title': 'Mirrors and copies',
  'mirrors.lead':
    'If this address does not open: where the same pages are found, and how to be sure that a copy is genuine.',
  'mirrors.addresses': 'Addresses',
  'mirrors.addresses.none':
    'No other address has been set up yet. Make a copy yourself (below), or ask somebody abroad to make one.',
  'mirrors.addresses.onion':
    'The onion address opens in Tor Browser. It is long because it is also the key by which the browser knows the right server.',
  'mirrors.addresses.write-down': 'Write the addresses down before you need them.',
  'mirrors.check': 'Is a copy genuine?',
  'mirrors.check.why':
    'Anybody may copy these pages, and so may somebody who changes them. A copy made by our program carries a signature over all its files.',
  'mirrors.check.key': 'The signature belongs to this key. Keep it, or compare it with a second source:',
  'mirrors.check.result':
    'The command names every file that is missing, changed or foreign, and says how old the copy is.',
  'mirrors.check.no-key': 'This server has made no signed copy yet, so there is no key to show.',
  'mirrors.make': 'Make a copy',
  'mirrors.make.about':
    'Whoever runs a server with the program writes the whole site as files. It works from any address, from a folder, from a stick:',
  'mirrors.make.anywhere':
    'Put the folder on any web server, or carry it. Links in it are relative; nothing has to be set up.',
  'mirrors.one': 'One file for a messenger',
  'mirrors.one.about': 'Today as a single small file that opens without the internet:',
  'mirrors.one.age': 'It says when it was made. If it is older than a day, look for a newer one.',
  'mirrors.one.forward': 'Send it as a file, not as a picture. Its signature can be checked in the same way.',

  'about.title': 'About us',
  'about.lead': 'Kuager (Kazakh for “witness”) measures access to services in Kazakhstan and shows the grounds.',
  'about.name': 'Who answers for this server',
  'about.seat': 'Seat',
  'about.since': 'Since',
  'about.share': 'Share',
  'about.confirmed': 'The operator confirmed this: {date}',
  'about.kind.mail': 'Email',
  'about.kind.web': 'Web',
  'about.kind.onion': 'Onion address',
  'about.kind.signal': 'Signal',
  'about.kind.post': 'Post',
  'about.what': 'What this is',
  'about.what.witness': 'A witness says what was seen, when, how surely, and what speaks against it. No more.',
  'about.what.not': 'It does not say who acted, and does not judge whether something was lawful.',
  'about.what.letter':
    'The observatory does not campaign: it calls for nothing and collects no signatures. Others may cite it.',
  'about.what.official': 'It is no official body and speaks for none.',
  'about.operator': 'Operator',
  'about.operator.missing':
    'Operator not stated. This server does not say who runs it: read it as a trial, and do not cite it.',
  'about.funders': 'Funders',
  'about.funders.none': 'The operator names no funder: it says that nobody pays for it.',
  'about.interests': 'Interests and ties',
  'about.interests.none': 'The operator says that it has none of which a reader should know.',
  'about.contacts': 'Contact',
  'about.contacts.mail': 'Mailboxes at .kz and .ru may be read by others: use another one for anything delicate.',
  'about.decisions': 'How decisions are made',
  'about.decisions.rules':
    'By rules that are written down before. The same measurements give the same conclusion, whoever likes it.',
  'about.decisions.hand':
    'No person sets the conclusion of an incident by hand. A rule is changed for all incidents or for none, and the change is dated.',
  'about.decisions.sources':
    'Statements and acts are entered by people, each with its source, its date, and whether anybody has opened the source.',
  'about.decisions.politics': 'What is going on politically is part of no weight.',
  'about.corrections': 'Corrections',
  'about.corrections.how':
    'If you find a mistake, write to the contact above with the address of the page. What turns out wrong is corrected in the open, with the reason.',
  'about.corrections.never': 'Nothing is removed in silence; earlier revisions stay readable.',
  'about.reply': 'Right of reply',
  'about.reply.right':
    'Anybody named in a statement here, any operator of a network and any public body can have a reply printed.',
  'about.reply.how':
    'Send it with your name and office by a way that lets us check the sender, and say which incident or statement it concerns.',
  'about.reply.where':
    'It stands beside the incident and among the statements, dated, with its source, and is held against the measurements like any other.',
  'about.reply.unchanged':
    'We print it in its own words, shortened only with your consent. A reply does not change a measurement.',
} satisfies Record<GuideKey, string>
