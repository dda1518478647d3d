/** The mark, in the colours of the theme. The same drawing as `public/favicon.svg`. */
export function Mark({ size = 36 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 64 64" aria-hidden="true">
      <path d="M32 9 54 27V54H10V27z" fill="none" stroke="currentColor" strokeWidth="4" strokeLinejoin="round" />
      <path
        d="M33.2 20c.8 8.2 10.8 11.8 10.8 21.2a12 11.3 0 0 1-24 0c0-5.4 2.7-8.5 5.4-11.5.6 3.1 1.8 5 3.6 5.9-1.1-5.9-.2-11.3 4.2-15.6z"
        fill="var(--hn-ember)"
      />
      <g fill="currentColor">
        <circle cx="32" cy="9" r="6" />
        <circle cx="54" cy="27" r="6" />
        <circle cx="54" cy="54" r="6" />
        <circle cx="10" cy="54" r="6" />
        <circle cx="10" cy="27" r="6" />
      </g>
    </svg>
  )
}
