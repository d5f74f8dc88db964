/** Options about when models are updated. */
export const updateFlags = {
  schedule: {
    name: "schedule",
    type: "text",
    value: "SPAN",
    summary:
      'update the named models every day in this span, "03:00-06:00": writes a launchd agent or a systemd timer',
  },
  unschedule: {
    name: "unschedule",
    type: "switch",
    summary: "take the named models out of the daily update. Without a name, remove it",
  },
  within: {
    name: "within",
    type: "text",
    value: "SPAN",
    summary: "only in this span of the day, and only until it ends. Do nothing outside of it",
  },
  onBattery: {
    name: "on-battery",
    type: "switch",
    summary: "also on battery power, where --schedule or --within is given",
  },
} as const;
