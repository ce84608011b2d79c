/** Signs that stand beside words; never alone. */

const paths = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  alert: 'M8 3.5v5M8 11.5v.5',
  wait: 'M8 4v4l2.5 2',
  dash: 'M4 8h8',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  out: 'M6 3H3v10h10v-3M9 3h4v4M13 3L7.5 8.5',
  down: 'M4 6l4 4 4-4',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  next: 'M6 4l4 4-4 4',
} as const

export type IconName = keyof typeof paths

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
