import type { AloneKey } from '../alone-keys.ts'

export const alone = {
  'alone.heading': 'Measurements: {service}. Network: {network}. {dates}',
  'alone.services': 'several services ({count})',
  'alone.networks': 'several networks ({count})',
  'alone.finding': 'Measurements: {total}. No incident is claimed.',
  'alone.each':
    'Each verdict is of one measurement: one device, one network, one moment. Nothing is concluded here from all of them together.',
  'alone.unjudged': 'without a verdict: {count}',
  'alone.chosen.named': 'Whoever made the bundle named these measurements one by one.',
  'alone.chosen.period':
    'By the word of whoever made the bundle, these are all measurements of the service on the network that the observatory held then, whatever they show: from {since} to {until} (UTC, end not included).',
  'alone.not-shown':
    'Whether the service was restricted, and from when to when. For that, measurements of several devices are weighed together, and the result is published as an incident.',
  'alone.verdicts': 'What each verdict says, and what it does not say',
  'alone.verdict': 'Verdict',
  'alone.says': 'It says',
  'alone.says-not': 'It does not say',
  'alone.says.reachable': 'On this device’s own path an exchange with the service was completed.',
  'alone.says-not.reachable': 'That it was also reachable for others, or a minute later.',
  'alone.says.interfered':
    'The exchange differs from a control at the same layer, or bears a mark such as a block page or a forged certificate.',
  'alone.says-not.interfered': 'Who interfered, and why. Whether it lasted, and whether others met it.',
  'alone.says.unreachable': 'The exchange failed, and the control at the same layer failed too.',
  'alone.says-not.unreachable': 'Anything about the cause.',
  'alone.says.inconclusive':
    'Nothing can be decided: there was nothing to compare with, or the device’s own line was in trouble.',
  'alone.says-not.inconclusive': 'That the service was reachable, or that it was not.',
  'alone.says.not-judged': 'There are no rules for this kind of test.',
  'alone.says-not.not-judged': 'Anything about the service.',
  'alone.first': 'First began, {zone}',
  'alone.last': 'Last began, {zone}',
  'alone.devices': 'Devices and lines, as their marks tell them apart',
  'alone.senders': 'Senders',
  'alone.by-series': 'By service and network',
  'alone.series': 'Service; network',
  'alone.one-by-one': 'One by one',
  'alone.too-many':
    'Measurements: {count}, more than fit on this paper. Each stands in {file}, with its number in the log and its grounds.',
  'alone.bars': 'Over time',
  'alone.passed': 'reachable',
  'alone.failed': 'interfered or unreachable',
  'alone.chart-alt':
    'Bars of {step} each. Measurements: {total}. Reachable: {reachable}. Interfered: {interfered}. Unreachable: {unreachable}. Inconclusive, not drawn: {inconclusive}.',
  'alone.against.opened': 'Measurements that found the service reachable: {count} of {total}.',
  'alone.against.devices': 'Devices that found it reachable at least once: {count} of {total}.',
  'alone.against.missing':
    'Measurements judged interfered that lack something to compare with: {count} of {total}. Missing there: {list}.',
  'alone.against.halved': 'Measurements judged interfered whose weight is halved: {count} of {total}. Why: {list}.',
  'alone.against.line':
    'Measurements in which a site for comparison failed too: {count}. There the line itself may have been at fault.',
  'alone.against.apart': 'From unknown senders, in no count above: {count}; of these reachable: {reachable}.',
  'alone.against.none': 'Nothing in these measurements. Others may not have been chosen.',
  'alone.limit.choice':
    'Which measurements to take in was decided by whoever made the bundle. It does not show whether there are others, nor what they say.',
  'alone.limit.one': 'A single failure may be chance: devices, lines and servers fail now and then.',
  'alone.method':
    'The service is compared with a control of the same minute: a neutral name at the same address, or a measurement from abroad. A verdict rests on written rules and on the tables in the bundle alone: whoever applies them to the files in {folder} gets the same.',
} satisfies Record<AloneKey, string>
