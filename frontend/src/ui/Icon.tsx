const paths = {
  home: "M4 11.500 12 4l8 7.500M6.500 9.500V20h11V9.500M10 20v-5.500h4V20",
  // Two with a space between them, and two brought together.
  gaps: "M6 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM18 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM11 12h.01M13 12h.01",
  introductions:
    "M5.500 18a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM18.500 18a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM12 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM10.500 7.500l-3.500 5.800M13.500 7.500l3.500 5.800M8 15.500h8",
  search: "M10.5 17a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13Zm4.6-1.9L20 20",
  directory: "M5 5h14M5 10h14M5 15h9M5 20h6",
  explorer:
    "M6.5 8.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM17.5 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM9 20.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM8.9 6.7l6.2 2.2M7 8.5l1.6 7M15.8 11.4l-5 4.9",
  close: "M6 6l12 12M18 6 6 18",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  chevron: "m9 5 7 7-7 7",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5l3.500 2",
  outline: "M4 5h9M8 10h12M8 15h12M4 20h9",
  settings:
    "M4 7h9M19 7h1M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM4 17h1M11 17h9M8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 18v.01",
  filter: "M4 6h16M7 12h10M10 18h4",
  everyone: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3.5 12h17M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  members:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c.5-4 3-6 6.500-6s6 2 6.500 6M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14.500c2 .8 3.200 2.600 3.500 5.500",
  coalition: "M8 16a5 5 0 1 1 0-10 5 5 0 0 1 0 10ZM16 18a5 5 0 1 1 0-10 5 5 0 0 1 0 10Z",
  coordinators: "M12 4 4.500 7v5c0 4.500 3 7.500 7.500 9 4.500-1.500 7.500-4.500 7.500-9V7L12 4Z",
  sealed: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
} as const;

/** IconName names a picture. */
export type IconName = keyof typeof paths;

/** Icon draws a picture that says nothing by itself: the control around it has the words. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}
