// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.custody;

import dev.bartizan.author.release.ReleaseAuthor;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.cli.FleetCommand;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.database.Databases;
import dev.bartizan.fleet.enrol.AllowedChips;
import dev.bartizan.fleet.enrol.EndorsementRoots;
import dev.bartizan.fleet.enrol.TpmEnrolment;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RoleName;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A device with a TPM in a fleet that has an author, all of whose word is signed. */
final class BundledDevice {
  static final String NONCE = "b2".repeat(32);

  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");

  private final Path folder;
  private final TwoDirectories places;
  private final DeviceKeystore device;
  private final BootLogs boot;
  private AgentLog log = AgentLog.empty(AgentLog.DEFAULT_PCR);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  BundledDevice(Path folder, Swtpm chip) throws Exception {
    this.folder = folder;
    this.places = new TwoDirectories(folder);
    Bytes events = FirmwareBoot.log("kernel 1", LogHash.SHA256);
    FirmwareBoot.play(events, chip);
    this.boot = BootLogs.of(events);
    this.device = FleetOfOne.device(chip);
    enrol(chip);
    author();
    // The way from the pinned root to that of today is a part of what is kept.
    places.documents().refresh(RoleName.ROOT);
    places.sync().sync();
  }

  private void enrol(Swtpm chip) throws Exception {
    SharedDirectory fleet = places.fleet();
    fleet.write("ek-roots/maker.pem", Files.readAllBytes(chip.issuerCertificate()));
    TpmEnrolment desk =
        new TpmEnrolment(
            new TpmEnrolment.Context(
                FleetSettings.load(fleet),
                () -> EndorsementRoots.load(fleet),
                new AllowedChips(fleet),
                Optional.empty(),
                CertificateAuthority.load(fleet, Clock.systemUTC(), TwoDirectories.RANDOM),
                Databases.of(fleet).devices()),
            Clock.systemUTC(),
            TwoDirectories.RANDOM,
            ueid -> {});
    FleetOfOne.enrol(device, desk, Optional.empty());
  }

  /** Signs what there is: this boot, this software, this model. */
  private void author() throws Exception {
    places.documents().reference(ReferenceValues.learn("default", device.readPcrs(BOOT), boot));
    SoftwareManifest software = new SoftwareManifest(new ReleaseName("agent", "1.0.0"), Map.of());
    places.documents().software(software, Optional.empty());
    measure(
        new AgentEvent(
            AgentEvent.Kind.SOFTWARE,
            Digest.of(software.toJson()),
            software.release().softwareTarget()));
    ReleaseAuthor.Released model = places.release("1.0.0", new byte[] {1, 2, 3});
    measure(AgentEvent.model("defect", "1.0.0", model.digest()));
  }

  private void measure(AgentEvent event) throws Exception {
    log = log.plus(event);
    device.measure(log.pcr(), event.measurement());
  }

  TwoDirectories places() {
    return places;
  }

  DeviceKeystore device() {
    return device;
  }

  /** A report of now, as a file. */
  Path report() throws Exception {
    HealthClaims health =
        new HealthClaims(
            "1.0.0",
            Duration.ofSeconds(1),
            "tpm2",
            List.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    byte[] report =
        new EvidenceWriter(device, BOOT)
            .write(Nonce.ofHex(NONCE), health, log, boot, Clock.systemUTC().instant())
            .write();
    return Files.write(folder.resolve("report.json"), report);
  }

  /** The bundle of {@link #report}, as the command makes it. */
  Path bundle() throws Exception {
    Path bundle = folder.resolve("one.bundle");
    int exit =
        run("bundle", report(), "--nonce", NONCE, "--out", bundle, "--dir", places.fleetHome());
    if (exit != 0) {
      throw new AssertionError("no bundle: " + said());
    }
    return bundle;
  }

  /** What somebody needs who verifies bundles elsewhere: no secret is among it. */
  Path roots() throws Exception {
    Path roots = Files.createDirectories(folder.resolve("roots"));
    for (String name :
        List.of("author-root.json", "keys/verifier.pub", "ca/ca.pem", "ek-roots/maker.pem")) {
      Path target = roots.resolve(name);
      Files.createDirectories(target.getParent());
      if (!Files.exists(target)) {
        Files.copy(places.fleetHome().resolve(name), target);
      }
    }
    return roots;
  }

  int run(Object... arguments) {
    out.reset();
    err.reset();
    Console console = new Console(new PrintStream(out, true), new PrintStream(err, true));
    String[] words = new String[arguments.length + 1];
    words[0] = "report";
    for (int at = 0; at < arguments.length; at++) {
      words[at + 1] = String.valueOf(arguments[at]);
    }
    return FleetCommand.commandLine(Clock.systemUTC(), TwoDirectories.RANDOM, console)
        .execute(words);
  }

  /** What the last command printed. */
  String said() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }

  byte[] answer() {
    return out.toByteArray();
  }
}
