// Times as ssh-keygen(1) reads them, in allowed_signers and in `-Overify-time`.

const FORM = /^([\d ]{4})([\d ]{2})([\d ]{2})(?:([\d ]{2})([\d ]{2})([\d ]{2})?)?$/;

/** The highest value of each field (strptime of glibc): 61 seconds are a minute and leap seconds, 31 days are any month's. */
const HIGHEST = [9999, 12, 31, 23, 59, 61];
const LOWEST = [0, 1, 1, 0, 0, 0];

/**
 * Seconds since 1970. `YYYYMMDD[HHMM[SS]]` with `Z` or `UTC` at its end, else local time; what is beyond a month's end
 * counts on into the next. Undefined for anything else, and for times that aren't after the first second of 1970.
 */
export function parseAbsoluteTime(text: string): number | undefined {
  const zone = /(?<=..)z$|(?<=....)utc$/i.exec(text)?.[0] ?? '';
  const digits = FORM.exec(text.slice(0, text.length - zone.length))?.slice(1);
  if (digits === undefined) return undefined;
  const fields = digits.map((digit: string | undefined) => (digit === undefined ? 0 : numberOf(digit)));
  if (fields.some((value, index) => !(value >= (LOWEST[index] ?? 0) && value <= (HIGHEST[index] ?? 0)))) {
    return undefined;
  }
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = fields;
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour, minute, second);
  const seconds = time.getTime() / 1000 + (zone === '' ? secondsWest(time) : 0);
  return seconds > 0 ? seconds : undefined;
}

/** How OpenSSH is told a time: `YYYYMMDDHHMMSSZ`, of a time as `Date.toISOString` writes it. */
export function absoluteTime(iso: string): string {
  return `${iso.replace(/\.\d+Z$/, '').replace(/[-:TZ]/g, '')}Z`;
}

/** Digits with spaces before them; NaN for other things. */
function numberOf(text: string): number {
  return /^ *\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** What standard time is behind UTC in the year of `time`: OpenSSH asks mktime(3) for a time outside of summer time. */
function secondsWest(time: Date): number {
  const offsets = [0, 6].map((month) => {
    const day = new Date(2000, month, 1);
    day.setFullYear(time.getUTCFullYear());
    return day.getTimezoneOffset();
  });
  // Ireland's law calls the summer's time the standard one, and so does the C library.
  const irish = Intl.DateTimeFormat().resolvedOptions().timeZone === 'Europe/Dublin';
  return 60 * (irish ? Math.min(...offsets) : Math.max(...offsets));
}
