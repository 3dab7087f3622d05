// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.verify;

import com.sun.management.OperatingSystemMXBean;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.est.Renewal;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.evidence.KnownLogs;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What a server does with its database, H2 in its own process: results kept before they are
 * answered, certificates written down before they leave, memory that grows with the fleet. One
 * caller at a time; a core's time is that of the whole process, the database's threads included.
 */
@TouchesTheWorld("a benchmark: measures time and memory, and prints")
final class StoredBench {
  private static final int DEVICES = 1_000;
  private static final int ROUNDS = 3;
  private static final int MORE_DEVICES = 20_000;
  private static final int ASKED_RENEWALS = 200;
  private static final String DOMAIN = "fleet.example";
  private static final Duration DAY = Duration.ofDays(1);

  /** Kept here, since a logger that nobody has forgets its level. */
  private static final List<Logger> CHATTY =
      List.of(Logger.getLogger("org.flywaydb"), Logger.getLogger("com.zaxxer.hikari"));

  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final Reports reports;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();
  private final List<SoftwareDevice> devices = new ArrayList<>();

  StoredBench(Reports reports) {
    this.reports = reports;
  }

  /** Measures and prints; returns whether what is asked for was reached. */
  boolean run() throws Exception {
    CHATTY.forEach(it -> it.setLevel(Level.WARNING));
    Path home = Files.createTempDirectory("stored");
    SharedDirectory directory = new SharedDirectory(home);
    FleetSettings settings =
        new FleetSettings(DOMAIN, "ssl://localhost:8883", URI.create("http://localhost:8080/"));
    NewFleet.found(directory, settings, List.of("127.0.0.1"), clock, random);
    FleetSettings kept = FleetSettings.load(directory);
    CertificateAuthority authority = CertificateAuthority.load(directory, clock, random);
    try (FleetDatabase database =
        FleetDatabase.serving(directory, kept.database(), random, line -> {})) {
      System.out.println("with the database, one caller:");
      enrol(database, authority);
      for (int round = 1; round < ROUNDS; round++) {
        verify(database, fresh());
      }
      List<Reports.Report> fresh = fresh();
      new Rate("verified and durably kept", DEVICES).of(() -> verify(database, fresh));
      Renewal renewal =
          new Renewal(kept, authority, database.devices(), database.results(), Set.of(), clock);
      renew(database, renewal, requests(database));
      List<byte[]> requests = requests(database);
      double renewals = new Rate("renewals", DEVICES).of(() -> renew(database, renewal, requests));
      memory(database, home);
      return VerifyBench.ask(
          "renewals a second of one core: at least " + ASKED_RENEWALS, renewals >= ASKED_RENEWALS);
    }
  }

  private void enrol(FleetDatabase database, CertificateAuthority authority) throws Exception {
    for (int i = 0; i < DEVICES; i++) {
      SoftwareDevice device = reports.device(AttestationKind.ECC_P256);
      X509Certificate identity =
          authority.issueIdentity(new SpiffeId(DOMAIN, device.ueid()), device.identityKey(), DAY);
      database.devices().issued(device.ueid(), identity, clock.instant());
      database.devices().enrol(device.enrolled(clock.instant(), identity));
      devices.add(device);
    }
  }

  /** One of each device. */
  private List<Reports.Report> fresh() throws Exception {
    List<Reports.Report> fresh = new ArrayList<>();
    for (SoftwareDevice device : devices) {
      fresh.add(reports.report(device, clock.instant()));
    }
    return fresh;
  }

  private void verify(FleetDatabase database, List<Reports.Report> fresh) throws Exception {
    Verifier verifier = new Verifier(database.devices(), reports.policy());
    KnownLogs known = reports.known();
    for (Reports.Report report : fresh) {
      database.results().keep(Reports.appraise(verifier, report, known, clock.instant()));
    }
  }

  private List<byte[]> requests(FleetDatabase database) throws Exception {
    List<byte[]> requests = new ArrayList<>();
    for (SoftwareDevice device : devices) {
      requests.add(device.renewalOf(database.devices().get(device.ueid()).identity()));
    }
    return requests;
  }

  private void renew(FleetDatabase database, Renewal renewal, List<byte[]> requests)
      throws Exception {
    for (int i = 0; i < devices.size(); i++) {
      renewal.renew(database.devices().get(devices.get(i).ueid()), requests.get(i));
    }
  }

  /** Of devices that are nothing but rows: what they do is measured above. */
  private void memory(FleetDatabase database, Path home) throws Exception {
    Device one = database.devices().get(devices.get(0).ueid());
    long before = usedHeap();
    long diskBefore = length(home);
    for (int i = 0; i < MORE_DEVICES; i++) {
      database.devices().enrol(another(one));
    }
    double scale = 100_000.0 / MORE_DEVICES / (1 << 20);
    System.out.printf(
        Locale.ROOT,
        "  per 100,000 devices (from %,d): %.0f MB of heap, %.0f MB on disk%n",
        MORE_DEVICES,
        Math.max(0, usedHeap() - before) * scale,
        (length(home) - diskBefore) * scale);
  }

  private Device another(Device one) {
    byte[] unique = new byte[Digest.LENGTH];
    random.nextBytes(unique);
    return new Device(
        Ueid.of(new Digest(Bytes.of(unique))),
        one.state(),
        one.profile(),
        one.groups(),
        one.enrolledAt(),
        one.keystore(),
        one.chip(),
        one.identity(),
        one.unwrap(),
        one.lastBoot(),
        one.golden());
  }

  private static long usedHeap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long length(Path home) throws IOException {
    long length = 0;
    try (var files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        length += Files.size(file);
      }
    }
    return length;
  }

  /** Something that can be done. */
  private interface Work {
    void run() throws Exception;
  }

  @TouchesTheWorld("a benchmark: measures time, and prints")
  private record Rate(String name, int count) {
    /** Does it, prints, and returns how many a core does in a second. */
    double of(Work work) throws Exception {
      long processor = PROCESS.getProcessCpuTime();
      Instant begin = Instant.now();
      work.run();
      double wall = Duration.between(begin, Instant.now()).toNanos() / 1e9;
      double core = (PROCESS.getProcessCpuTime() - processor) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "  %-40s %8.0f a second of a core, %.0f by the clock%n",
          name,
          count / core,
          count / wall);
      return count / core;
    }
  }
}
