import type { ProbeKey } from '../probe-keys.ts'

export const probe = {
  'probe.consent.title': 'Before the first measurement',
  'probe.consent.what':
    'This program tries to reach a list of services from your line, as a browser does. For comparison it also tries other names and other servers, neighbouring addresses among them. It asks public DNS servers for the names of the services as well, some of them unencrypted. To look at the line itself it reaches a few sites for comparison, DNS servers and time servers. To compare speed it sends and receives a small amount of data.',
  'probe.consent.not': 'It does not read your traffic, your files or the pages you open, and it signs in to nothing.',
  'probe.consent.sent':
    'What is sent: the name and address of the service, what came back, the time to the minute, the number of the network, the country, the kind of connection and whether it works, the system of the device.',
  'probe.consent.not-sent':
    'What is not sent: your IP address, your name, the name of your device or of your wireless network. The program does not write them into a measurement. Where an answer contains your IP address, it is erased.',
  'probe.consent.public':
    'Results are published: which service, which network, which minute. Who measured is not. What is published cannot be taken back.',
  'probe.consent.key':
    'Measurements are signed with a key of the program. Each network and each month gets a new key, which is deleted three months later. Measurements of one device on one network in one month are published under one mark: it can be seen at what hours it measured.',
  'probe.consent.cost':
    'What it costs in data: a short measurement about {core} KB, a full one about {full} MB. Limit a month for measurements by the schedule: {month} MB.',
  'probe.consent.visible':
    'Measuring is visible on the network. Your provider can recognise this program by the pattern of its connections. The address to which results are sent is visible too.',
  'probe.consent.law':
    'We know of no law in Kazakhstan that punishes opening the services of group {first}, but no lawyer has checked this. Measuring itself may draw attention, and you may be asked questions. The law and how it is applied change. This is no legal advice.',
  'probe.consent.who-not':
    'Do not run it if being noticed could harm you or people close to you; if an investigation concerns you; if the line belongs to an employer, a school or somebody else who has not agreed.',
  'probe.consent.no-promise': 'We cannot promise safety. If in doubt, do not run it.',
  'probe.consent.stop': 'To stop: {stop}. To delete keys, queue and settings: {forget}.',
  'probe.consent.example': 'An example of what is sent (shortened)',
  'probe.consent.to': 'Servers that receive the results: {list}. Like any site, they see your IP address.',
  'probe.consent.to-control': 'Servers that measure from abroad for comparison: {list}. They see your IP address too.',
  'probe.consent.to-nobody': 'No address to send to was given: results stay on this device.',
  'probe.consent.changed': 'The text has changed since you agreed. Please read it again.',
  'probe.consent.refused': 'Nothing was measured. Only your answer was kept.',
  'probe.consent.given': 'Your consent is kept. Groups: {tiers}.',
  'probe.consent.needs':
    'Your consent comes first. Start the program in a terminal and read the text. To agree without being asked: {option} (group {tier} only).',
  'probe.consent.needs-more': 'There is no consent to this group: {tiers}. To agree without being asked: {option}.',
  'probe.consent.yes-words': 'yes',
  'probe.consent.no-word': 'no',

  'probe.tier.A': 'Group {tier}. Widely used platforms and messengers: {list}.',
  'probe.tier.B':
    'Group {tier}. Sites of VPN services, news media and human-rights organisations: {list}. Some of them may be restricted on some networks. Connections to them may draw more attention than group {first}.',
  'probe.tier.C':
    'Group {tier}. Protocols of VPN and Tor: {list}. They are tested with special servers, which see your IP address too. On the network it looks like use of a VPN or of Tor. This group may draw the most attention.',
  'probe.ask.A': 'Do you agree to measure group {tier} from this line?',
  'probe.ask.B': 'Do you agree to measure group {tier} as well?',
  'probe.ask.C': 'Do you agree to measure group {tier} as well?',

  'probe.line.ok': 'works',
  'probe.line.no-ipv6': 'works, without IPv6',
  'probe.line.down': 'is down, there is no internet',
  'probe.line.captive-portal': 'a sign-in page opens first ({host})',
  'probe.line.resolver-broken': 'the DNS server does not work',
  'probe.line.tunnelled': 'a VPN or a proxy is on',
  'probe.line.network-changed': 'the network changed during the measurement',
  'probe.line.clock-wrong': 'the clock of the device is wrong',
  'probe.line.unstable': 'is unstable, sites for comparison fail too',

  'probe.service.reachable': '{service}: opens on your line.',
  'probe.service.interfered': '{service}: interfered with on your line.',
  'probe.service.unreachable': '{service}: does not open, nor did it in the control measurement.',
  'probe.service.inconclusive': '{service}: inconclusive.',
  'probe.service.not-judged': '{service}: not judged.',

  'probe.protocol.name': '{service} protocol',
  'probe.protocol.reachable': '{service}: a first exchange passes on your line.',
  'probe.protocol.unreachable': '{service}: does not pass, nor did it in the control measurement.',

  'probe.run.title': 'Measurement',
  'probe.run.network': 'Network: {network}',
  'probe.run.network-unknown': 'The network is not known. Give its number yourself: {option}.',
  'probe.run.your-line': 'Your line: {state}.',
  'probe.run.no-service': 'Services were not measured: while the line is like this nothing can be said of them.',
  'probe.run.column-service': 'Service',
  'probe.run.column-state': 'State',
  'probe.run.waiting': 'waiting',
  'probe.run.measuring': 'measuring',
  'probe.run.measured': 'measured',
  'probe.run.progress': 'Services measured: {done} of {total}',
  'probe.run.sent': 'Measurements sent: {count}.',
  'probe.run.queued': 'Waiting to be sent: {count}.',
  'probe.run.no-collector': 'No address to send to was given. To give one: {option}.',
  'probe.run.not-submitted': 'Measurements were not sent: you asked for that.',
  'probe.run.unreachable':
    'The collector could not be reached ({failure}). The next measurement will look at it as well.',
  'probe.run.busy': 'The collector is busy now. It will be tried again later.',
  'probe.run.refused': 'Measurements that the collector refused: {count}. Why: {command}.',
  'probe.run.dropped': 'For want of space, old measurements removed from the queue: {count}.',
  'probe.run.held': 'Measurements of another network: {count}. They are sent from there or after two days.',
  'probe.run.unfinished': 'Not finished in time, so nothing is said of: {services}.',
  'probe.run.bytes': 'Data used, with the headers of packets: about {bytes} KB. Time: {seconds} s.',
  'probe.run.turn': 'Another measurement is going on. Waiting until it is done.',
  'probe.run.interrupted': 'The measurement was stopped. Services not finished were not written down.',
  'probe.run.no-responders': 'Group {tier} was not measured: no list of servers was given.',
  'probe.run.not-consented': 'Groups without consent were not measured: {tiers}.',
  'probe.run.mechanism': 'What shows it: {mechanism}.',
  'probe.run.partly': 'Hosts that did not open: {failed} of {tested}.',

  'probe.status.title': 'The probe on this line',
  'probe.status.no-consent': 'Consent: not given. Nothing is measured.',
  'probe.status.refused': 'Consent: you refused. Nothing is measured.',
  'probe.status.consent': 'Consent: {date}. Groups: {tiers}',
  'probe.status.outdated': 'Consent: the text has changed since, you will be asked again.',
  'probe.status.schedule-on': 'Schedule: running',
  'probe.status.schedule-off': 'Schedule: not running',
  'probe.status.counted': 'Your line counted {count, plural, one {# time} other {# times}} this week.',
  'probe.status.apart':
    'Received this week but kept apart for now: {count, plural, one {# measurement} other {# measurements}}.',
  'probe.status.apart-new':
    'The collector does not know the key of your line yet. This usually passes after a week, if the probe sends on at least three days; with an invitation from whoever runs the collector your line counts at once: {command}',
  'probe.status.apart-mismatched':
    'They came to the collector from another network than they were measured on, for instance through a VPN or a proxy. Sending them from the measured line helps, and so does an invitation from whoever runs the collector: {command}',
  'probe.status.apart-unsigned':
    'The collector did not take their signature for valid. The line is not at fault; a newer version of the program may help.',
  'probe.status.untold':
    'Received this week by a collector that does not say whether it counts them: {count, plural, one {# measurement} other {# measurements}}.',
  'probe.status.queue': 'Waiting to be sent: {count} ({bytes} KB)',
  'probe.status.refused-documents': 'Refused by the collector: {count}',
  'probe.status.last-upload': 'Last upload: {date}',
  'probe.status.no-upload': 'Last upload: none yet',
  'probe.status.next-try': 'Next try: {date}',
  'probe.status.bytes':
    'Counted towards the limit this month, at a fixed size for each measurement: {reckoned} of {allowance} MB. Really moved by the schedule: about {used} MB',
  'probe.status.bytes-other': 'Used by measurements begun by hand this month: {used} MB',
  'probe.status.keys': 'Keys: {list}',
  'probe.status.folder': 'Folder: {folder}',
  'probe.status.copies': 'Copies from which nothing is erased: kept on this device',

  'probe.install.written': 'Written: {path}',
  'probe.install.started': 'The schedule is running.',
  'probe.install.by-hand': 'To start it, run: {command}',
  'probe.install.stop': 'To stop the schedule: {command}',
  'probe.install.untested': 'This file was not tested on a real device. Read it before you use it.',
  'probe.install.cadence':
    'A short measurement every {minutes} min. Full measurements a day, on average: {fulls}. Limit a month: {allowance} MB.',
  'probe.invite.kept': 'The invitation is kept. It is shown at the next upload.',
  'probe.export.done': 'Written: {path}. Measurements: {count}. Checked.',
  'probe.export.nothing': 'Nothing is waiting.',
  'probe.export.deleted': 'Exported measurements removed from the queue: {count}.',

  'probe.forget.what': 'This deletes keys, queue, receipts, copies, settings and consent. Folder: {folder}',
  'probe.forget.undelivered': 'Measurements not sent yet are deleted too: {count}. To save them first: {command}.',
  'probe.forget.ask': 'Delete everything?',
  'probe.forget.kept': 'Nothing was deleted.',
  'probe.forget.done': 'Everything is deleted.',
  'probe.forget.nothing': 'There is nothing to delete in this folder: {folder}',
  'probe.forget.left': 'The folder holds other files, which were left alone: {list}',
  'probe.forget.published':
    'Published measurements stay. The keys that signed them are no longer on this device. What your provider may have noticed the program cannot delete.',

  'probe.ooni-run.name': 'Kuager: do services open',
  'probe.ooni-run.short': 'Checks whether widely used services open on this network.',
  'probe.ooni-run.description':
    'Measures widely used platforms and messengers with the app of OONI. Results are published openly in the archive of OONI. Measuring is visible on the network. Do not run it if being noticed could harm you.',

  'probe.help.about':
    'The program checks whether services open from this line. Nothing is measured without your consent: the text is shown at the first start.',
  'probe.help.run': 'measure once, now',
  'probe.help.status': 'what may be measured, what waits, what it cost',
  'probe.help.install': 'turn the schedule on',
  'probe.help.forget': 'stop, and delete everything',
  'probe.help.export': 'write what waits to a file',
  'probe.help.invite': 'keep the code of an invitation',
  'probe.help.ooni-run': 'a descriptor for OONI’s app on a phone',
  'probe.help.extra': 'a measurement outside the schedule',
  'probe.help.daemon': 'keep the schedule until stopped',
  'probe.help.more': 'All options stand below.',
  'probe.wrong.command': 'There is no such command.',
  'probe.wrong.argument': 'The command is not written right.',
  'probe.wrong.service': 'The list has no such service.',
  'probe.wrong.invitation': 'This does not look like the code of an invitation.',
  'probe.wrong.exists': 'There is such a file already. Give another name.',
  'probe.wrong.running': 'The schedule is still running. Stop it first.',
  'probe.wrong.settings': 'The file of settings is damaged.',
} satisfies Record<ProbeKey, string>
