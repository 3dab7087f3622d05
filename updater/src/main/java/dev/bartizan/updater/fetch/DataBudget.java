// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What downloads may cost in a day (UTC), and for one release; counted through restarts.
 *
 * <p>A little is written down as spent before it is, so that a kill or a power cut makes the count
 * too high by at most {@link #AHEAD}, never too low. A day that is earlier than the last one seen
 * is the last one: putting the clock back buys nothing.
 */
public final class DataBudget implements Quota {
  /** How much is counted ahead: few writes to flash, and little lost by a kill. */
  static final long AHEAD = 1 << 20;

  private static final FileName FILE = FileName.of("delivery/budget.json");
  private static final String SCHEMA = "bartizan-budget/1";
  private static final int MAX_LENGTH = 16 * 1024;
  private static final int ROLLOUTS_REMEMBERED = 16;
  private static final int LABEL_MAX = 200;
  private static final long DAY_SECONDS = Duration.ofDays(1).toSeconds();

  private final Disk disk;
  private final Limits limits;
  private final InstantSource clock;
  private final LinkedHashMap<String, Long> rollouts = new LinkedHashMap<>();
  private String rollout = "none";
  private long day;
  private long today;

  /** How much of what is on disk has not been spent yet. */
  private long ahead;

  /**
   * The most bytes.
   *
   * @param daily in a day; 0 for no limit
   * @param rollout for one release; 0 for no limit
   */
  public record Limits(long daily, long rollout) {
    public static final Limits NONE = new Limits(0, 0);

    public Limits {
      if (daily < 0 || rollout < 0) {
        throw new IllegalArgumentException("a budget is not negative");
      }
    }

    boolean areNone() {
      return daily == 0 && rollout == 0;
    }
  }

  private DataBudget(Disk disk, Limits limits, InstantSource clock) {
    this.disk = disk;
    this.limits = limits;
    this.clock = clock;
  }

  /** Goes on with the count on disk. One that is damaged counts as spent for today. */
  public static DataBudget open(Disk disk, Limits limits, InstantSource clock) throws IOException {
    DataBudget budget = new DataBudget(disk, limits, clock);
    Optional<byte[]> stored = disk.read(FILE, MAX_LENGTH);
    if (stored.isPresent()) {
      try {
        budget.load(StrictJson.read(stored.get(), MAX_LENGTH, FILE.path()));
      } catch (Malformed damaged) {
        budget.day = budget.currentDay();
        budget.today = limits.daily();
      }
    }
    return budget;
  }

  private void load(JsonFields fields) throws Malformed {
    String schema = fields.text("schema", LABEL_MAX);
    if (!schema.equals(SCHEMA)) {
      throw new Malformed(FILE + ": schema is " + schema);
    }
    day = fields.number("day");
    today = fields.number("bytes");
    for (JsonFields each : fields.objects("rollouts", ROLLOUTS_REMEMBERED)) {
      rollouts.put(each.text("rollout", LABEL_MAX), each.number("bytes"));
    }
  }

  /** What follows is spent for the release {@code label}. */
  public void spendFor(String label) {
    rollout = label;
  }

  /** What may still be spent for the release {@code label}, today's limit aside. */
  public long leftFor(String label) {
    return limits.rollout() == 0
        ? Long.MAX_VALUE
        : Math.max(0, limits.rollout() - rollouts.getOrDefault(label, 0L));
  }

  /** What may still be spent today. */
  public long leftToday() {
    turnPage();
    return limits.daily() == 0 ? Long.MAX_VALUE : Math.max(0, limits.daily() - today);
  }

  @Override
  public long available() throws OverBudget {
    long forRollout = leftFor(rollout);
    if (forRollout == 0) {
      throw new OverBudget(OverBudget.Scope.ROLLOUT, limits.rollout());
    }
    long forToday = leftToday();
    if (forToday == 0) {
      throw new OverBudget(OverBudget.Scope.DAY, limits.daily());
    }
    return Math.min(forRollout, forToday);
  }

  @Override
  public void spend(long bytes) throws IOException {
    if (limits.areNone()) {
      return;
    }
    turnPage();
    boolean tooMuch = bytes > Math.min(leftFor(rollout), leftToday());
    today = Math.addExact(today, bytes);
    rollouts.merge(rollout, bytes, Math::addExact);
    ahead -= bytes;
    if (ahead < 0) {
      write(AHEAD);
    }
    if (tooMuch) {
      available();
      throw new OverBudget(OverBudget.Scope.DAY, limits.daily());
    }
  }

  /** Writes down what was really spent. */
  public void settle() throws IOException {
    if (ahead > 0) {
      write(0);
    }
  }

  private void turnPage() {
    long now = currentDay();
    if (now > day) {
      day = now;
      today = 0;
      ahead = 0;
    }
  }

  private long currentDay() {
    return Math.max(0, Math.floorDiv(clock.instant().getEpochSecond(), DAY_SECONDS));
  }

  private void write(long more) throws IOException {
    while (rollouts.size() > ROLLOUTS_REMEMBERED) {
      rollouts.remove(rollouts.keySet().iterator().next());
    }
    ObjectNode json = StrictJson.object().put("schema", SCHEMA).put("day", day);
    json.put("bytes", today + more);
    var list = json.putArray("rollouts");
    for (Map.Entry<String, Long> each : rollouts.entrySet()) {
      long bytes = each.getValue() + (each.getKey().equals(rollout) ? more : 0);
      list.addObject().put("rollout", each.getKey()).put("bytes", bytes);
    }
    DurableFile.replace(disk, FILE, StrictJson.write(json));
    ahead = more;
  }
}
