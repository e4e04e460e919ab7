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
    facts: '4. Facts in order of time',
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
  entryValue: '30 September 2009',
  authorised: 'Authorisation of the representative',
  anonymity:
    'A communication is not anonymous (Optional Protocol, article 3), and it is brought to the attention of the State party (article 4): the request concerns publication.',
  articles: ['Article 19, paragraph 2', 'Article 19, paragraph 3'],
  articlesBlank: 'further articles, such as article 2 read with article 19, for a lawyer to state',
  victimTest:
    'What follows is stated by the author. It is set out so that the Committee can see whether the author was affected personally: how the service was used, for what, what was lost, and whether anything equal was left.',
  factsLead:
    'Times are Astana time, with UTC beside it; the start and the end are given with their intervals. The statement of facts and the evidence bundle are annexed.',
  timeline: 'What happened, in order of time',
  limits: 'What the measurements do not show',
  remediesLead:
    'Each step is given with its date, its result and its document. A blank means that the case holds none.',
  remediesTable: 'Domestic steps',
  prosecutor: 'Protest by a prosecutor',
  prosecutorResult: 'Lies in the discretion of the prosecutor; whether it must be tried, a lawyer confirms',
  termsTable: 'Time since domestic remedies or another procedure',
  noTerms: 'day from which the period is counted',
  delay:
    'The Optional Protocol sets no fixed time limit. Under rule 99(c) a communication may be an abuse of the right of submission where it comes more than five years after exhaustion, or three years after another international procedure, unless the delay is justified.',
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
        provision: 'Articles 1 and 2',
        shown: 'The author is an individual within the jurisdiction of the State party and was affected personally',
      },
      {
        holds: 'time',
        provision: 'Article 1',
        shown: 'The events are later than the entry into force of the Optional Protocol, 30 September 2009',
      },
      {
        holds: 'remedies',
        provision: 'Articles 2 and 5, paragraph 2 (b)',
        shown: 'Available domestic remedies were exhausted, or are unreasonably prolonged or not effective',
      },
      { holds: 'substance', provision: 'Article 2', shown: 'The claims are substantiated' },
      { holds: 'name', provision: 'Article 3', shown: 'The communication is not anonymous' },
      {
        holds: 'delay',
        provision: 'Article 3; rule 99(c)',
        shown: 'The right of submission is not abused, by delay or otherwise',
      },
      {
        holds: 'other',
        provision: 'Article 5, paragraph 2 (a)',
        shown: 'The same matter is not being examined under another international procedure. Is it?',
      },
    ],
    organisation: 'Communications are taken from individuals: a lawyer names the persons who were affected.',
    measured: 'Measured',
    before: 'This is before the Optional Protocol was in force: only effects that go on after it can be considered',
    lastStep: 'Last step',
    noStep: 'domestic step with its date',
    told: 'Use, purpose and effect: section 2',
    inRemedies: 'section 5',
    named: 'The author is named in section 2',
    withheld: 'It is asked that the name not be published',
    since: 'Counted from',
    until: 'Period of the rule ends on',
    noDay: 'day from which the period is counted',
    late: 'This paper is dated later',
    lateReasons: 'what justifies the delay',
  },
  interference:
    'The author submits that the inability to use the service interfered with the right to seek, receive and impart information and ideas of all kinds, regardless of frontiers and through any media of choice (article 19, paragraph 2).',
  testLead:
    'Article 19, paragraph 3, allows a restriction only if it is provided by law, pursues one of the aims listed there, and is necessary and proportionate. The table sets each step against what the case holds.',
  testTable: 'The test of article 19, paragraph 3',
  test: {
    step: 'Step',
    paragraphs: 'General comment No. 34',
    shown: 'What must be shown',
    record: 'What the case holds',
    rows: [
      {
        holds: 'interference',
        step: 'Interference',
        paragraphs: 'paras. 11–12, 15',
        shown: 'Access and expression online were affected',
      },
      {
        holds: 'law',
        step: 'Provided by law',
        paragraphs: 'paras. 24–26',
        shown:
          'A published and precise provision that confers no unfettered discretion; the act, who took it, and under what',
      },
      {
        holds: 'aim',
        step: 'Legitimate aim',
        paragraphs: 'paras. 21–23, 28–32',
        shown: 'An aim listed in article 19, paragraph 3; never the muzzling of advocacy',
      },
      {
        holds: 'need',
        step: 'Necessary and proportionate',
        paragraphs: 'paras. 33–35',
        shown: 'A specific and individual threat, a direct connection with it, and the least intrusive means',
      },
      {
        holds: 'scope',
        step: 'Specific content',
        paragraphs: 'para. 43',
        shown:
          'A restriction of specific content; generic bans on sites and systems are not compatible with paragraph 3',
      },
    ],
  },
  record: {
    noRequest: 'request for the act and the reply to it',
    noAim: 'aim that was given',
    noNeed: 'grounds that were given for the necessity',
    noScope: 'content that was named',
    measured: 'Measured',
    whole: 'Access to the service was measured; no content of it was measured apart',
  },
  burden:
    'It is for the State party to demonstrate the legal basis of a restriction and that it was necessary and proportionate (general comment No. 34, para. 27). The author cannot show what is known to the State party alone.',
  decisionsLead: 'Decisions',
  decisions: [
    {
      name: 'Human Rights Committee: Toregozhina v. Kazakhstan, 2137/2012; Kurakbaev v. Kazakhstan, 2509/2014; Narymbaev v. Kazakhstan, 2521/2015; Tikhonov v. Kazakhstan, 2551/2015',
      point: 'The State party failed to justify specific grounds for the restriction',
      confirmed: true,
    },
    {
      name: 'European Court of Human Rights: Cengiz and Others v. Turkey, 48226/10 and 14027/11, 1 December 2015',
      point: 'Active users with no equivalent platform are victims; the whole-site restriction had no basis in law',
      confirmed: true,
    },
    {
      name: 'European Court of Human Rights: Akdeniz v. Turkey, 20877/10, 2014',
      point: 'A mere user was not a victim; the author sets out use, purpose, harm and substitutes for that reason',
      confirmed: true,
    },
    {
      name: 'European Court of Human Rights: Vladimir Kharitonov, 10795/14; OOO Flavus and Others, 12468/15; Bulgakov, 20159/15; Engels, 61919/16, v. Russia, 23 June 2020',
      point: 'Collateral effect on other sites; a wholesale restriction is an extreme measure; no notice was given',
      confirmed: true,
    },
    {
      name: 'European Court of Human Rights: Ahmet Yıldırım v. Turkey, 3111/10, 18 December 2012',
      point: 'Collateral effect; need of a strict legal frame and of review',
      confirmed: false,
    },
    {
      name: 'ECOWAS Court of Justice: Amnesty International Togo and Others v. Togo, ECW/CCJ/JUD/09/20, 25 June 2020',
      point: 'A shutdown without a law is a violation',
      confirmed: true,
    },
    {
      name: 'ECOWAS Court of Justice: SERAP v. Nigeria, ECW/CCJ/JUD/40/22, 14 July 2022',
      point: 'A ban on one service violated article 19 of the Covenant',
      confirmed: true,
    },
  ],
  persuasive:
    'The European and West African decisions do not bind the State party; they are cited for their reasoning. No Views of the Committee on a pure case of restricted access to a service of Kazakhstan were found.',
  observations: 'Concluding observations on Kazakhstan, CCPR/C/KAZ/CO/3, 3 September 2025: paragraphs on the internet',
  asked: [
    'to find whether the facts disclose a violation of article 19 of the Covenant;',
    'to recall the duty of the State party to provide an effective remedy under article 2, paragraph 3;',
  ],
  technical:
    'The note on the use of technical means is annexed: who measured, with which device and program, under which conditions, in which order, and with which controls.',
  truth: 'To the best of my knowledge the information given is true.',
}
