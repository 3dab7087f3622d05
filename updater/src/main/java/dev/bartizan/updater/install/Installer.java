// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Carries out what {@link UpdateMachine} decides: each {@link #advance} makes at most one
 * transition durable, and effects follow only then.
 *
 * <p>One thread drives it; {@link #components}, {@link #current}, {@link #unacknowledged} and
 * {@link #head} may be asked from any. An {@link IOException} means that the state directory does
 * not play along; the state is as before, and the call can be repeated.
 */
public final class Installer {
  private final Journal journal;
  private final Recovery recovery;
  private final ObjectStore store;
  private final EffectExecutor executor;
  private final InstallListener listener;
  private final InstantSource clock;
  private final Limits limits;

  /** What the last transition asked for and is not done yet, in order. */
  private final Deque<Effect> pending = new ArrayDeque<>();

  private boolean resumed;

  private Installer(
      JournalOpening.Opened opened,
      ObjectStore store,
      EffectExecutor executor,
      InstallListener listener,
      InstantSource clock,
      Limits limits) {
    this.journal = opened.journal();
    this.recovery = opened.recovery();
    this.store = store;
    this.executor = executor;
    this.listener = listener;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * Reads journal and history, and puts right what a power cut or damage left.
   *
   * @throws JournalRefusal when both are damaged, or another version wrote them; nothing was
   *     changed
   */
  public static Installer open(
      Disk disk,
      ObjectStore store,
      Payloads payloads,
      Trial trial,
      InstallListener listener,
      InstantSource clock,
      Limits limits)
      throws IOException, JournalRefusal {
    EffectExecutor executor = new EffectExecutor(store, payloads, trial, limits);
    return new Installer(
        JournalOpening.open(disk, clock), store, executor, listener, clock, limits);
  }

  /**
   * What is installed, for who only looks. One that has an installer asks that.
   *
   * @throws JournalRefusal when the journal is not as it was written
   * @throws HistoryRefusal when the history is not, or ends elsewhere than the journal says
   */
  public static InstalledState look(Disk disk) throws IOException, JournalRefusal, HistoryRefusal {
    return JournalOpening.look(disk);
  }

  /** In what shape journal and history were found. */
  public Recovery recovery() {
    return recovery;
  }

  /** What is installed: the active release is the one to serve first after a start. */
  public Components components() {
    return journal.page().components();
  }

  /** The deployment under way. */
  public Optional<Progress> current() {
    return journal.page().current();
  }

  /** Ends that wait to be acknowledged, oldest first. */
  public List<Outcome> unacknowledged() {
    return journal.page().unacknowledged();
  }

  /** The end of the history. */
  public HistoryHead head() {
    return journal.head();
  }

  /**
   * Goes on after a start: counts it, durably, before anything is tried again. Before the first
   * {@link #advance}; once it has returned, calling it again does nothing.
   *
   * @throws IOException when it could not be counted: the active release may be served, nothing
   *     else be tried; call again
   */
  public void resume() throws IOException {
    if (resumed) {
      return;
    }
    if (current().isPresent()) {
      apply(executor.again(current().get(), "RESTARTED_TOO_OFTEN: " + limits.starts() + " starts"));
    } else {
      pending.add(Effect.COLLECT);
    }
    resumed = true;
  }

  /**
   * Accepts a request, durably, once.
   *
   * @throws InstallRefusal BUSY, ALREADY_ACTIVE, or KNOWN_BAD for a request that is not a command
   */
  public Admission request(DeploymentRequest request) throws IOException, InstallRefusal {
    Deployment deployment =
        new Deployment(
            request.id(),
            Deployment.Kind.INSTALL,
            request.component(),
            components().active(request.component()),
            request.to(),
            request.initiator(),
            request.notAfter(),
            Deployment.members(request.members(), components()::active));
    if (knows(request.id())) {
      return Admission.KNOWN;
    }
    Preconditions.check(journal.page(), deployment);
    return accept(deployment);
  }

  /**
   * Goes back to the newest earlier release that is kept; what it leaves is not installed again by
   * policy.
   *
   * @param id names the deployment, as in {@link DeploymentRequest}
   * @throws InstallRefusal BUSY or NO_PREVIOUS
   */
  public Admission rollBack(String id, ComponentName component, Initiator initiator)
      throws IOException, InstallRefusal {
    if (knows(id)) {
      return Admission.KNOWN;
    }
    return accept(Preconditions.backward(journal.page(), id, component, initiator));
  }

  /** Whether a deployment of this name was accepted before. */
  public boolean knows(String id) {
    return journal.page().seen().contains(id);
  }

  private Admission accept(Deployment deployment) throws IOException {
    Transition transition = UpdateMachine.next(UpdateState.IDLE, UpdateEvent.Kind.REQUESTED);
    Progress progress = Progress.begin(deployment);
    journal.record(journal.page().accept(progress), HistoryEvent.step(progress));
    pending.addAll(transition.effects());
    listener.moved(deployment, UpdateState.IDLE, transition.state(), "");
    return Admission.ACCEPTED;
  }

  /**
   * Calls off the deployment under way; one that is on trial is rolled back.
   *
   * @throws InstallRefusal NOT_UNDER_WAY
   */
  public void cancel(String id, String reason) throws IOException, InstallRefusal {
    Optional<Progress> progress = current().filter(it -> it.deployment().id().equals(id));
    if (progress.isEmpty()) {
      throw new InstallRefusal(InstallRefusal.Code.NOT_UNDER_WAY, id + ": not under way");
    }
    apply(UpdateEvent.because(UpdateEvent.Kind.CANCEL, "CANCELLED: " + reason));
  }

  /**
   * Refuses while a deployment is under way.
   *
   * @throws InstallRefusal BUSY
   */
  public void requireIdle() throws InstallRefusal {
    Preconditions.requireIdle(journal.page());
  }

  /**
   * Notes durably that a component's active release was given up by something that does not ask: a
   * launcher. The release is not installed again by policy.
   *
   * @param runs what took its place; empty when that is no release held here
   * @throws InstallRefusal BUSY
   */
  public void fellBack(ComponentName name, Optional<Release> runs, String reason)
      throws IOException, InstallRefusal {
    requireIdle();
    Component before = components().named(name);
    Component after = before.fallBack(runs, OneLine.of(reason));
    journal.record(
        journal.page().holding(components().with(after)),
        HistoryEvent.fellBack(before, after, reason));
    pending.add(Effect.COLLECT);
  }

  /** Notes durably that somebody knows how a deployment ended; twice is once. */
  public void acknowledge(String id) throws IOException {
    JournalPage next = journal.page().acknowledge(id);
    if (!next.equals(journal.page())) {
      journal.write(next);
    }
  }

  /** Does the next thing there is to do. */
  public Step advance() throws IOException {
    if (!resumed) {
      throw new IllegalStateException("resume() counts the start; it comes first");
    }
    journal.catchUp();
    if (isOverdue()) {
      apply(UpdateEvent.because(UpdateEvent.Kind.OVERDUE, "OVERDUE"));
    }
    return pending.isEmpty() ? step(Step.Kind.IDLE, "") : perform(pending.getFirst());
  }

  private Step perform(Effect effect) throws IOException {
    if (effect != Effect.COLLECT) {
      return work(effect);
    }
    collect();
    pending.removeFirst();
    return step(Step.Kind.DONE, "");
  }

  private Step work(Effect effect) throws IOException {
    EffectExecutor.Result result = executor.work(effect, current().orElseThrow(), components());
    apply(result.event());
    return step(result.kind(), result.event().reason());
  }

  /** Not while a deployment gathers objects: nothing says yet which of them it will need. */
  private void collect() throws IOException {
    if (current().isEmpty()) {
      store.collect(components().objects());
    }
  }

  private boolean isOverdue() {
    return current()
        .filter(it -> !it.state().isOnTrial())
        .flatMap(it -> it.deployment().notAfter())
        .filter(it -> clock.instant().isAfter(it))
        .isPresent();
  }

  /** One transition: durable first, then known to memory, then to the history and listeners. */
  private void apply(UpdateEvent event) throws IOException {
    Progress before = current().orElseThrow();
    Transition transition = UpdateMachine.next(before.state(), event.kind());
    Progress after = before.after(event, transition.state());
    remember(before, after, event);
    pending.clear();
    pending.addAll(transition.effects());
    if (after.state() != before.state()) {
      listener.moved(after.deployment(), before.state(), after.state(), after.reason());
    }
  }

  private void remember(Progress before, Progress after, UpdateEvent event) throws IOException {
    if (after.equals(before)) {
      return; // Nothing new: flash wears.
    }
    JournalPage next = turn(after, Verdicts.components(components(), after, event, limits));
    if (after.state() == before.state()) {
      journal.write(next);
    } else {
      journal.record(next, HistoryEvent.step(after));
    }
  }

  private JournalPage turn(Progress after, Components components) {
    return after.state().isTerminal()
        ? journal.page().end(components, after.end(clock.instant()))
        : journal.page().proceed(components, after);
  }

  private Step step(Step.Kind kind, String reason) {
    return new Step(kind, journal.page().state(), reason);
  }
}
