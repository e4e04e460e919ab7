import type { CommunicationWords } from './communication-words.ts'

export const en: CommunicationWords = {
  kicker: 'Draft communication to the Human Rights Committee',
  title: 'Communication under the Optional Protocol to the International Covenant on Civil and Political Rights',
  draft:
    'Draft along the sections of the form. A lawyer reviews it and compares it with the form of the day before it is submitted. A visible blank means that the case does not hold the fact.',
  summary: 'Summary',
  summaryBlank: 'summary, written by the author or the lawyer',
  sections: {
    frame: '1. Language, Committee and State party',
    author: '2. Author, victim and representation',
    articles: '3. Articles of the Covenant',
    facts: '4. Facts in chronological order',
    remedies: '5. Exhaustion of domestic remedies',
    other: '6. Other international procedures',
    admissibility: '7. Admissibility',
    claims: '8. Claims',
    interim: '9. Interim measures',
    asked: '10. Remedies sought',
  },
  committee: 'Committee',
  committeeValue: 'Human Rights Committee',
  state: 'State party',
  stateValue: 'Kazakhstan',
  language: 'Language of the communication',
  languageValue: 'English',
  entry: 'Optional Protocol in force for the State party',
  entrySince: 'since',
  authorised: 'Authorisation of the representative',
  anonymity:
    'A communication is not anonymous (Optional Protocol, {protocol-anonymity}), and it is brought to the attention of the State party ({protocol-notice}): the request concerns publication.',
  articlesBlank: 'further articles, such as the right to a remedy, for a lawyer to state',
  victimTest:
    'What follows is stated by the author. It is set out so that the Committee can see whether the author was affected personally: how the service was used, for what, what was lost, and whether anything equal was left.',
  factsLead:
    'Times are Astana time, with UTC next to it; the start and the end are given with their intervals. The statement of facts and the evidence bundle are annexed.',
  timeline: 'Chronology',
  limits: 'What the measurements do not show',
  remediesLead:
    'Each step is given with its date, its result and its document. A blank means that the case holds none.',
  remediesTable: 'Domestic steps',
  prosecutor: 'Protest by a prosecutor',
  prosecutorResult: 'At the prosecutor’s discretion; a lawyer must confirm whether this remedy has to be used',
  termsTable: 'Time since domestic remedies or another procedure',
  noTerms: 'day from which the period is counted',
  delay: 'The Optional Protocol sets no fixed deadline.',
  remediesLaw: 'Law on the domestic steps',
  otherLead:
    'Whether the same matter is or was examined under another procedure of international investigation or settlement:',
  admissibilityLead:
    'Each condition of the Optional Protocol is set against what the case holds. Whether it is met is for the Committee to decide.',
  admissibility: {
    caption: 'Conditions of the Optional Protocol',
    provision: 'Provision',
    shown: 'What must be shown',
    record: 'What the case holds',
    rows: [
      {
        holds: 'victim',
        shown: 'The author is an individual within the jurisdiction of the State party and was affected personally',
      },
      {
        holds: 'time',
        shown: 'The events are later than the entry into force of the Optional Protocol',
      },
      {
        holds: 'remedies',
        shown: 'Available domestic remedies were exhausted, or are unreasonably prolonged or not effective',
      },
      { holds: 'substance', shown: 'The claims are substantiated' },
      { holds: 'name', shown: 'The communication is not anonymous' },
      {
        holds: 'delay',
        shown: 'The right of submission is not abused, by delay or otherwise',
      },
      {
        holds: 'other',
        shown: 'The same matter is not being examined under another international procedure. Is it?',
      },
    ],
    organisation: 'Communications are accepted only from individuals: a lawyer names the persons who were affected.',
    measured: 'Measured',
    before: 'This is before the Optional Protocol was in force: only effects that continue after it can be considered',
    lastStep: 'Last step',
    noStep: 'domestic step with its date',
    told: 'Use, purpose and effect: section 2',
    inRemedies: 'section 5',
    named: 'The author is named in section 2',
    withheld: 'It is asked that the name not be published',
    since: 'Counted from',
    until: 'Period of the rule ends on',
    noDay: 'day from which the period is counted',
    late: 'This document is dated later',
    lateReasons: 'what justifies the delay',
  },
  interference:
    'The author submits that the inability to use the service interfered with the right to seek, receive and impart information and ideas of all kinds, regardless of frontiers and through any media of choice ({covenant-expression}).',
  testLead:
    'The Covenant ({covenant-limits}) allows a restriction only if it is provided by law, pursues one of the aims listed there, and is necessary and proportionate. The table sets each step against what the case holds.',
  testTable: 'The test of a restriction under the Covenant',
  test: {
    step: 'Step',
    paragraphs: 'General comment',
    shown: 'What must be shown',
    record: 'What the case holds',
    rows: [
      {
        holds: 'interference',
        step: 'Interference',
        shown: 'Access and expression online were affected',
      },
      {
        holds: 'law',
        step: 'Provided by law',
        shown:
          'A published and precise provision that confers no unfettered discretion; the act, who took it, and under what',
      },
      {
        holds: 'aim',
        step: 'Legitimate aim',
        shown: 'An aim listed in the Covenant; never the muzzling of advocacy',
      },
      {
        holds: 'need',
        step: 'Necessary and proportionate',
        shown: 'A specific and individual threat, a direct connection with it, and the least intrusive means',
      },
      {
        holds: 'scope',
        step: 'Specific content',
        shown:
          'A restriction of specific content; generic bans on sites and systems are not compatible with the Covenant',
      },
    ],
  },
  record: {
    noRequest: 'request for the act and the reply to it',
    noAim: 'aim that was given',
    noNeed: 'grounds that were given for the necessity',
    noScope: 'content that was named',
    measured: 'Measured',
    whole: 'Access to the service was measured; individual content was not measured',
  },
  burden:
    'It is for the State party to demonstrate the legal basis of a restriction and that it was necessary and proportionate (general comment on freedom of expression, {comment-burden}). The author cannot show what is known only to the State party.',
  decisionsLead: 'Decisions',
  standardsLead: 'Standards',
  persuasive:
    'The European and West African decisions do not bind the State party; they are cited for their reasoning. None of the Views named concerns the internet. None was found on a case that concerns only restricted access to a service in Kazakhstan.',
  observationsBlank: 'paragraphs on the internet, for a lawyer to state',
  asked: [
    'to find whether the facts disclose a violation of the Covenant ({covenant-expression}; {covenant-limits});',
    'to recall the duty of the State party to provide an effective remedy ({covenant-remedy});',
  ],
  technical:
    'The note on the use of technical means is annexed: who measured, with which device and program, under which conditions, in which order, and with which controls.',
  truth: 'To the best of my knowledge the information given is true.',
}
