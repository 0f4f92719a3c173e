/** The bell glass. */
export function Brand() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      width={22}
      height={22}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0 text-accent"
    >
      <circle cx="12" cy="3.2" r="1.2" />
      <path d="M5 19.5V12a7 7 0 0 1 14 0v7.500M3 20.500h18M9.500 12.500l2 2-2 2M13.500 16.500h2" />
    </svg>
  );
}
