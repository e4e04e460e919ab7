import type { Operator } from '../../core/model/operator.ts'

const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })

/** Who runs the demonstration: invented, and it says so. */
export const DEMO_OPERATOR: Operator = {
  name: words('Мысал бюросы (модельденген)', 'Бюро «Пример» (смоделировано)', 'Example Bureau (simulated)'),
  seat: words(
    'Ойдан алынған қалада тіркелген',
    'Зарегистрировано в вымышленном городе',
    'Registered in an invented town',
  ),
  funders: [
    {
      name: words('Мысал қоры (модельденген)', 'Фонд «Пример» (смоделировано)', 'Example Fund (simulated)'),
      since: '2026',
      share: '60 %',
    },
  ],
  interests: [
    words(
      'Бюро сотта өтініш берушілердің өкілі болады.',
      'Бюро представляет заявителей в суде.',
      'The bureau represents applicants in court.',
    ),
  ],
  contacts: [
    { kind: 'web', value: 'https://bureau.example/' },
    { kind: 'mail', value: 'write@bureau.example' },
  ],
  confirmed: '2026-11-01',
}
