// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.TestDevice;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Somebody with the same product, a fleet of his own, and a copy of our disk. The state of his own
 * device is one consistent set: another version of the agent that runs from its slot, a model that
 * serves, a policy that lets everything pass, commands that were obeyed. He has wrapped his model's
 * key to our device as well, whose certificate is on the disk.
 */
final class Stranger implements AutoCloseable {
  static final String AGENT = "0.6.6";
  static final String MODEL_VERSION = "6.6.6";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path home;
  private final Lab lab;
  private Path envelope = Path.of("");

  private Stranger(Path home) throws Exception {
    this.home = home;
    this.lab = new Lab(Distribution.built(), home.resolve("lab"));
  }

  /**
   * @param home an empty directory with a short path
   * @param victim whose device he has
   */
  static Stranger with(Path home, Lab victim) throws Exception {
    Files.createDirectories(home.resolve("lab"));
    Stranger stranger = new Stranger(home);
    stranger.found(victim);
    stranger.runOwnDevice();
    return stranger;
  }

  private void found(Lab victim) throws Exception {
    lab.operator().init(lab.brokerPort(), lab.repositoryUrl());
    lab.powerOn();
    lab.enrol();
    takeInDevicesOf(victim);
    lab.release(MODEL_VERSION, Models.file("1.1.0"), Models.golden("1.1.0"));
    envelope = lab.newestEnvelope(victim.ueid());
    lab.vouch("--serve-unknown-boot", "--updates-alone");
  }

  /** His registry says of them what the victim's does. */
  private void takeInDevicesOf(Lab victim) throws Exception {
    try (FleetDatabase theirs = databaseOf(victim);
        FleetDatabase own = databaseOf(lab)) {
      for (Device device : theirs.devices().all()) {
        own.devices().enrol(device);
      }
    }
  }

  private static FleetDatabase databaseOf(Lab lab) throws Exception {
    return FleetDatabase.of(
        new SharedDirectory(lab.operator().directory()), new SecureRandom(), System.err::println);
  }

  private void runOwnDevice() throws Exception {
    TestDevice device = lab.device();
    Files.writeString(
        device.configuration(),
        "\n[versions]\nsoftware_trial_seconds = 60\n",
        StandardOpenOption.APPEND);
    Supervisor supervisor =
        Supervisor.start(Distribution.built(), device, home.resolve("daemon.log"));
    try {
      await(() -> device.serving(Models.NAME).equals(MODEL_VERSION));
      AgentTree tree = AgentTree.calling(Distribution.built(), AGENT, home.resolve("tree"));
      lab.operator().release("software", tree.home().toString(), "--version", AGENT, "--deliver");
      // While the model is on probation the device is busy.
      await(() -> lab.command("update", "software=agent", "version=" + AGENT).exit() == 0);
      await(() -> device.status().path("agent").path("version").asText().equals(AGENT));
      await(() -> device.serving(Models.NAME).equals(MODEL_VERSION));
    } finally {
      supervisor.stop();
    }
  }

  private static void await(Patience.Question question) throws Exception {
    Patience.await("the stranger's own device", PATIENCE, question);
  }

  /** What a web server of his serves. */
  Path repository() {
    return lab.operator().repository();
  }

  /** The state directory of his own device. */
  Path state() {
    return lab.device().state();
  }

  /**
   * Replaces all of {@code state} but what the chip made: the device's keys, and the certificates
   * that the keys are for.
   */
  void replaceAllButTheKeys(Path state) throws Exception {
    for (Path file : filesIn(state)) {
      String name = state.relativize(file).toString();
      if (!name.startsWith("keystore/") && !name.startsWith("credentials")) {
        Files.delete(file);
      }
    }
    Path theirs = state();
    for (Path file : filesIn(theirs)) {
      Path target = state.resolve(theirs.relativize(file));
      if (!Files.exists(target)) {
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    for (Path wrapped : filesIn(state.resolve("envelopes"))) {
      Files.copy(envelope, wrapped, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Makes keys in the chip of {@code victim}, gets his own certificates for them, and installs. */
  void enrol(Lab victim) throws Exception {
    TestDevice device = victim.device();
    FileTree.delete(device.state());
    Files.createDirectories(device.state());
    String genuine = Files.readString(device.configuration());
    String own = lab.device().home().toString();
    // He boots nothing else: his keys are bound to the approved boot, as ours are.
    Files.writeString(
        device.configuration(),
        genuine
            .replace(device.home().resolve("root.json").toString(), own + "/root.json")
            .replace(device.home().resolve("fleet-ca.pem").toString(), own + "/fleet-ca.pem"));
    lab.enrolElsewhere(
        (server, token) ->
            device.run("enroll", "--server", server, "--token-file", token.toString()));
    Files.writeString(device.configuration(), genuine);
    replaceAllButTheKeys(device.state());
  }

  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Override
  public void close() {
    lab.close();
  }
}
