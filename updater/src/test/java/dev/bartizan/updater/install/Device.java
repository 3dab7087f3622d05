// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A device on a fake disk: a process that can be started again and again, releases whose character
 * is in their version, and the reports that left it.
 */
final class Device {
  static final ComponentName MODEL = ComponentName.model("defect");
  static final ComponentName OTHER = ComponentName.model("prep");
  static final ComponentName SUITE = ComponentName.suite("line");
  static final Initiator COMMAND = Initiator.command("jti-1", "key-1");
  static final Initiator POLICY = Initiator.policy("autonomy", "policy-key");
  private static final int STEPS_MAX = 200;

  final FakeDisk disk;
  final List<Outcome> reports = new ArrayList<>();

  /** What the outside world and this run's process do; reset by {@link #start}. */
  boolean isOffline;

  boolean isDeaf;
  Instant now = Instant.parse("2026-05-01T00:00:00Z");

  /** How often a version was activated, over all processes: what a crash loop repeats. */
  final Map<String, Integer> activations = new HashMap<>();

  private final Map<ComponentName, Release> serving = new TreeMap<>();
  private ObjectStore store;
  private int observed;
  private Optional<Installer> installer = Optional.empty();

  Device(FakeDisk disk) {
    this.disk = disk;
    this.store = new ObjectStore(disk, Digest::sha256);
  }

  /** A device on which 1.0 is installed. */
  static Device withFirstRelease() throws Exception {
    Device device = new Device(new FakeDisk());
    device.start();
    device.request("first", "1.0");
    device.run();
    device.reports.clear();
    return device;
  }

  /** A device with two models that came together. */
  static Device withFirstSuite() throws Exception {
    Device device = new Device(new FakeDisk());
    device.start();
    device.orderSuite("first", "1.0", "1.0", "p1.0");
    device.run();
    device.reports.clear();
    return device;
  }

  /** Another device with the same disk. */
  Device copy() {
    Device copy = new Device(disk.copy());
    copy.now = now;
    return copy;
  }

  static Release release(String version) {
    return new Release(Digest.of(content("manifest", version)), version);
  }

  static Set<Digest> objects(String version) {
    return Set.of(Digest.of(content("manifest", version)), Digest.of(content("artifact", version)));
  }

  private static byte[] content(String what, String version) {
    return (what + " of " + version + " ").repeat(20).getBytes(US_ASCII);
  }

  /** A new process: what was in memory is gone; the active release is served first. */
  Recovery start() throws IOException, JournalRefusal {
    serving.clear();
    observed = 0;
    store = new ObjectStore(disk, Digest::sha256);
    Installer opened =
        Installer.open(
            disk,
            store(),
            new Repository(),
            new Bench(),
            new Reporter(),
            () -> now,
            Limits.DEFAULT);
    for (Component model : opened.components().models()) {
      model.activeRelease().ifPresent(it -> serving.put(model.name(), it));
    }
    opened.resume();
    installer = Optional.of(opened);
    return opened.recovery();
  }

  Installer installer() {
    return installer.orElseThrow();
  }

  ObjectStore store() {
    return store;
  }

  Admission request(String id, String version) throws IOException, InstallRefusal {
    return request(id, version, COMMAND);
  }

  Admission request(String id, String version, Initiator initiator)
      throws IOException, InstallRefusal {
    return installer().request(DeploymentRequest.of(id, MODEL, release(version), initiator));
  }

  Admission orderSuite(String id, String version, String model, String other)
      throws IOException, InstallRefusal {
    Map<ComponentName, Release> members = Map.of(MODEL, release(model), OTHER, release(other));
    return installer()
        .request(
            new DeploymentRequest(
                id, SUITE, release("s" + version), COMMAND, Optional.empty(), members));
  }

  /** One step, and whatever has ended is taken note of after it, as the agent does. */
  Step advance() throws IOException {
    Step step = installer().advance();
    for (Outcome outcome : isDeaf ? List.<Outcome>of() : installer().unacknowledged()) {
      reports.add(outcome);
      installer().acknowledge(outcome.deployment());
    }
    return step;
  }

  /** Until there is nothing left to do. */
  void run() throws IOException {
    for (int step = 0; step < STEPS_MAX; step++) {
      if (advance().kind() == Step.Kind.IDLE) {
        return;
      }
    }
    throw new AssertionError("no end in sight: " + installer().current());
  }

  /** Until the deployment under way is in {@code state}. */
  void runUntil(UpdateState state) throws IOException {
    for (int step = 0; step < STEPS_MAX; step++) {
      if (advance().state() == state) {
        return;
      }
    }
    throw new AssertionError("never " + state + ": " + installer().current());
  }

  Optional<String> serving() {
    return Optional.ofNullable(serving.get(MODEL)).map(Release::version);
  }

  /** What belongs together serves together. */
  boolean isTogether() {
    Components installed = installer().components();
    return installed.suites().stream()
        .allMatch(
            it ->
                installed.missing(it).isEmpty()
                    && it.active().map(Installed::members).orElse(Map.of()).equals(serving));
  }

  Map<ComponentName, Release> allServing() {
    return Map.copyOf(serving);
  }

  Component component() {
    return installer().components().named(MODEL);
  }

  String active() {
    return component().activeRelease().orElseThrow().version();
  }

  /** Serves the artifacts in two pieces per object, one piece per call. */
  private final class Repository implements Payloads {
    @Override
    public void plan(Deployment deployment, Components installed) throws IOException, Refusal {
      online();
      if (anyIs("unsigned", deployment)) {
        throw new Unacceptable("SIG_THRESHOLD");
      }
    }

    @Override
    public Optional<RequiredObjects> fetch(Deployment deployment, Components installed)
        throws IOException, Refusal {
      RequiredObjects required = RequiredObjects.UNKNOWN;
      if (deployment.isSuite()) {
        Digest document = store().put(content("manifest", deployment.to().version()));
        required = required.and(deployment.component(), Set.of(document));
      }
      for (Deployment move : deployment.moves()) {
        Optional<Set<Digest>> objects = fetchOne(move.to().version());
        if (objects.isEmpty()) {
          return Optional.empty();
        }
        required = required.and(move.component(), objects.get());
      }
      return Optional.of(required);
    }

    private Optional<Set<Digest>> fetchOne(String version) throws IOException, Refusal {
      if (version.contains("delta") && !store().holds(Digest.of(content("artifact", version)))) {
        return rebuild(version);
      }
      for (String what : List.of("manifest", "artifact")) {
        byte[] content = content(what, version);
        Digest name = Digest.of(content);
        if (!store().holds(name)) {
          online();
          fetchPiece(name, what.equals("artifact") ? sent(content, version) : content);
          return Optional.empty();
        }
      }
      return Optional.of(objects(version));
    }

    /** The artifact is made here from a difference, whose place it takes in the store. */
    private Optional<Set<Digest>> rebuild(String version) throws IOException, Refusal {
      byte[] delta = content("delta", version);
      if (!store().holds(Digest.of(delta))) {
        online();
        fetchPiece(Digest.of(delta), delta);
        return Optional.empty();
      }
      byte[] made = content("artifact", version);
      try (ObjectWriter writer = store().draft(Digest.of(delta), made.length)) {
        writer.restart();
        writer.append(ByteBuffer.wrap(made, 0, made.length / 2));
        writer.append(ByteBuffer.wrap(made, made.length / 2, made.length - made.length / 2));
        if (!writer.finish().equals(Digest.of(made))) {
          throw new AssertionError("the store calls it by another digest");
        }
      }
      store().discard(Digest.of(delta));
      return Optional.empty();
    }

    private byte[] sent(byte[] content, String version) {
      byte[] sent = content.clone();
      if (version.contains("tampered")) {
        sent[sent.length - 1] ^= 1;
      }
      return sent;
    }

    private void fetchPiece(Digest name, byte[] sent) throws IOException, Refusal {
      try (ObjectWriter writer = store().begin(name, sent.length)) {
        int from = (int) writer.size();
        int count = Math.min((sent.length + 1) / 2, sent.length - from);
        writer.append(ByteBuffer.wrap(sent, from, count));
        if (writer.remaining() == 0) {
          writer.finish();
        }
      }
    }

    private void online() throws IOException {
      if (isOffline) {
        throw new IOException("no route to host");
      }
    }
  }

  /** Judges releases by their version. */
  private final class Bench implements Trial {
    @Override
    public Verdict preflight(Deployment deployment) throws IOException, Refusal {
      for (Deployment move : deployment.moves()) {
        for (Digest object : objects(move.to().version())) {
          store().verify(object);
        }
      }
      return anyIs("wrong", deployment)
          ? Verdict.unhealthy("GOLDEN_VECTORS: 2 of 3 differ")
          : Verdict.healthy();
    }

    @Override
    public void activate(Deployment deployment) throws Refusal {
      activations.merge(deployment.to().version(), 1, Integer::sum);
      if (anyIs("crashing", deployment)) {
        throw new ProcessDied();
      }
      if (anyIs("unloadable", deployment)) {
        throw new Unacceptable("MODEL_REFUSED");
      }
      deployment.moves().forEach(it -> serving.put(it.component(), it.to()));
      observed = 0;
    }

    @Override
    public Verdict observe(Deployment deployment) {
      observed++;
      if (anyIs("dying", deployment) && observed == 2) {
        throw new ProcessDied();
      }
      if (observed < 3) {
        return Verdict.pending("3 looks");
      }
      return anyIs("sick", deployment) ? Verdict.unhealthy("ERROR_RATE: 0.4") : Verdict.healthy();
    }

    @Override
    public void restore(Deployment deployment) {
      for (Deployment move : deployment.moves()) {
        serving.remove(move.component());
        move.from().ifPresent(it -> serving.put(move.component(), it));
      }
    }
  }

  private static boolean anyIs(String character, Deployment deployment) {
    return deployment.moves().stream().anyMatch(it -> it.to().version().contains(character));
  }

  private static final class Reporter implements InstallListener {
    @Override
    public void moved(Deployment deployment, UpdateState from, UpdateState to, String reason) {}
  }

  void later(Duration duration) {
    now = now.plus(duration);
  }

  /** The process is gone, as after a segmentation fault in a native library. */
  static final class ProcessDied extends Error {
    private static final long serialVersionUID = 1L;
  }

  private static final class Unacceptable extends Refusal {
    private static final long serialVersionUID = 1L;
    private final String code;

    Unacceptable(String code) {
      super("unacceptable");
      this.code = code;
    }

    @Override
    public String code() {
      return code;
    }
  }
}
