// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tasks, pulses and the beat, by a clock that stands still until it is told. */
class ScheduleTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<String> done = new ArrayList<>();
  private final List<String> beats = new ArrayList<>();
  private final DaemonHealth health = new DaemonHealth(this::now);
  private final Schedule schedule = new Schedule(health);
  private final Heartbeat heart = new Heartbeat(health, () -> beats.add("alive"), beats::add);
  private final Hand hand = new Hand();
  private final Worker worker = new Worker(hand, health, () -> done.add("woken"));
  private long now;

  private long now() {
    return now;
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void eachTurnDoesAllTasksInTheirOrderAndTheMostImpatientSaysWhenTheNextIs() throws Exception {
    schedule.add(Part.DEPLOY, "seldom", MINUTE, () -> note("seldom", Duration.ofSeconds(5)));
    schedule.add(Part.DEPLOY, "often", MINUTE, () -> note("often", Duration.ofSeconds(2)));
    schedule.add(Part.DEPLOY, "rare", MINUTE, () -> note("rare", Duration.ofHours(2)));
    assertEquals(Duration.ofSeconds(2), schedule.turn());
    assertEquals(Duration.ofSeconds(2), schedule.turn());
    assertEquals(List.of("seldom", "often", "rare", "seldom", "often", "rare"), done);
  }

  @Test
  void behindATaskThatFailsTheOthersWaitForTheNextTurn() throws Exception {
    schedule.add(
        Part.DEPLOY,
        "state",
        MINUTE,
        () -> {
          if (done.isEmpty()) {
            done.add("failed");
            throw new IOException("no room");
          }
          return note("state", MINUTE);
        });
    schedule.add(Part.DEPLOY, "next", MINUTE, () -> note("next", MINUTE));
    assertThrows(IOException.class, schedule::turn);
    schedule.turn();
    assertEquals(List.of("failed", "state", "next"), done);
    assertEquals(Map.of(), health.stuck());
  }

  @Test
  void aTaskBeyondItsDeadlineStopsTheBeatAndOneThatIsDoneDoesNot() throws Exception {
    schedule.add(
        Part.DEPLOY,
        "slow",
        MINUTE,
        () -> {
          pass(MINUTE);
          heart.beatIfAlive();
          pass(Duration.ofSeconds(1));
          heart.beatIfAlive();
          return MINUTE;
        });
    schedule.turn();
    pass(Duration.ofDays(1));
    heart.beatIfAlive();
    assertEquals(List.of("alive", "deploy: slow shows no progress for 61 s", "alive"), beats);
  }

  @Test
  void aPeerThatKeepsTheWorkerWaitingKeepsNeitherLoopNorBeatFromComing() throws Exception {
    // Slow retrieval: metadata at a byte in ten seconds must not look like a daemon that hangs.
    BackgroundTask<String> task =
        worker.submit(Part.TRUST, "metadata", Duration.ofHours(1), () -> "fresh");
    schedule.add(
        Part.DEPLOY,
        "upkeep",
        MINUTE,
        () -> note(task.isDone() ? "taken" : "waiting", Duration.ofSeconds(10)));
    for (int i = 0; i < 11; i++) {
      schedule.turn();
      heart.beatIfAlive();
      pass(Duration.ofSeconds(10));
    }
    assertEquals(Collections.nCopies(11, "waiting"), done);
    assertEquals(Collections.nCopies(11, "alive"), beats);
    assertFalse(worker.isIdle());

    hand.workOff();
    schedule.turn();
    assertEquals("taken", done.get(done.size() - 1));
    assertEquals("fresh", task.get());
    assertTrue(worker.isIdle());
    assertTrue(done.contains("woken"));
  }

  @Test
  void aWorkerThatShowsNoProgressForTooLongStopsTheBeat() throws Exception {
    worker.submit(
        Part.TRUST,
        "metadata",
        MINUTE,
        () -> {
          pass(MINUTE.plusSeconds(1));
          heart.beatIfAlive();
          worker.progress();
          heart.beatIfAlive();
          return "";
        });
    hand.workOff();
    assertEquals(List.of("trust: metadata shows no progress for 61 s", "alive"), beats);
  }

  @Test
  void anErrandThatTellsItsProgressMayLast() throws Exception {
    worker.submit(
        Part.TRUST,
        "update of defect",
        MINUTE,
        () -> {
          for (int i = 0; i < 10; i++) {
            pass(MINUTE);
            heart.beatIfAlive();
            worker.progress();
          }
          return "";
        });
    hand.workOff();
    assertEquals(Collections.nCopies(10, "alive"), beats);
  }

  @Test
  void thatSomebodyElseGoesOnSaysNothingOfTheErrandInHand() throws Exception {
    worker.submit(
        Part.TRUST,
        "metadata",
        MINUTE,
        () -> {
          pass(MINUTE.plusSeconds(1));
          Thread other = new Thread(worker::progress);
          other.start();
          other.join();
          heart.beatIfAlive();
          return "";
        });
    hand.workOff();
    worker.progress();
    assertEquals(List.of("trust: metadata shows no progress for 61 s"), beats);
  }

  @Test
  void anErrandThatFailsFailsWhoeverTakesIt() throws Exception {
    BackgroundTask<String> task =
        worker.submit(
            Part.TRUST,
            "keys",
            MINUTE,
            () -> {
              throw new IOException("away");
            });
    hand.workOff();
    assertEquals("away", assertThrows(IOException.class, task::get).getMessage());
  }

  @Test
  void errandsThatWaitAreGivenUpWhenTheDaemonStops() {
    BackgroundTask<String> task = worker.submit(Part.TRUST, "keys", MINUTE, () -> "");
    worker.close();
    assertThrows(IOException.class, task::get);
    assertThrows(
        IOException.class, () -> worker.submit(Part.TRUST, "more", MINUTE, () -> "").get());
  }

  private Duration note(String what, Duration pause) {
    done.add(what);
    return pause;
  }

  /** A thread that works when the test says so. */
  private static final class Hand extends AbstractExecutorService {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean stopped;

    void workOff() {
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }

    @Override
    public void execute(Runnable work) {
      if (stopped) {
        throw new RejectedExecutionException();
      }
      waiting.add(work);
    }

    @Override
    public void shutdown() {
      stopped = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      shutdown();
      return List.copyOf(waiting);
    }

    @Override
    public boolean isShutdown() {
      return stopped;
    }

    @Override
    public boolean isTerminated() {
      return stopped;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return stopped;
    }
  }
}
