import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DoctorRow, SettingRow } from "../../src/contract.ts";
import { Badge, Loading, Problem } from "../parts/basics.tsx";
import { attempt, notify } from "../parts/notices.tsx";
import { server } from "../state/live.ts";
import { useAnswer } from "../state/use-answer.ts";

const tones = { ok: "good", warn: "warn", fail: "bad", skip: "quiet" } as const;

/** The settings with their origins, and whether everything works. */
export function SettingsPage(): JSX.Element {
  const { value, failure, again } = useAnswer<readonly SettingRow[]>("settings");
  const [asked, setAsked] = useState(0);
  const doctor = useAnswer<readonly DoctorRow[]>(asked > 0 ? "doctor" : undefined, asked);
  const facts = server.value;
  const allow = (): Promise<void> =>
    attempt(async () => {
      const answer = await Notification.requestPermission();
      notify(answer === "granted" ? "You will hear when a download is done." : "Not allowed.");
    });
  return (
    <main id="main">
      <h1>Settings</h1>
      {facts && (
        <p class="quiet">
          mlx-download {facts.version}, cache <code>{facts.cacheDir}</code>, Hub{" "}
          <code>{facts.endpoint}</code>
          {facts.offline ? " (offline)" : ""}
        </p>
      )}
      <section class="panel">
        <div class="tools">
          <h2>Does everything work?</h2>
          <button
            type="button"
            disabled={doctor.loading && asked > 0}
            onClick={() => setAsked(asked + 1)}
          >
            Run the doctor
          </button>
        </div>
        {doctor.failure && <Problem failure={doctor.failure} />}
        {asked > 0 && doctor.loading && <Loading rows={4} />}
        {doctor.value && (
          <ul class="reasons">
            {doctor.value.map(({ name, status, detail, hint }) => (
              <li key={name + detail}>
                <Badge tone={tones[status]}>{status}</Badge> <b>{name}</b> {detail}
                {hint && <div class="quiet">{hint}</div>}
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="panel">
        <h2>Settings</h2>
        <p class="quiet">
          Change one with <code>mlx-download config set name value</code>; it counts from the next
          start.
        </p>
        {failure ? (
          <Problem failure={failure} again={again} />
        ) : value === undefined ? (
          <Loading />
        ) : (
          <div class="scroll" tabIndex={0} role="region" aria-label="Settings">
            <table>
              <thead>
                <tr>
                  <th scope="col">Setting</th>
                  <th scope="col">Value</th>
                  <th scope="col">From</th>
                </tr>
              </thead>
              <tbody>
                {value.map(({ name, value: set, origin, from }) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>{set ?? <span class="quiet">not set</span>}</td>
                    <td>
                      {origin}
                      {from && (
                        <span class="quiet">
                          {" "}
                          <code>{from}</code>
                        </span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
      {"Notification" in globalThis && Notification.permission === "default" && (
        <section class="panel">
          <div class="tools">
            <h2>Notifications</h2>
            <button type="button" onClick={() => void allow()}>
              Tell me when a download is done
            </button>
          </div>
        </section>
      )}
    </main>
  );
}
