// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.verify;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.jca.NativeSignatures;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.KnownLogs;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many reports one core verifies in a second: distinct devices, fresh signatures, each result
 * affirming or the benchmark ends. First nothing is stored, then {@link StoredBench all} of it.
 */
@TouchesTheWorld("a benchmark: measures time, and prints")
public final class VerifyBench {
  private static final int DEVICES = 500;
  private static final int COLD = 200;
  private static final int WARM = 4000;
  private static final int WARM_UP = 4000;
  private static final int ASKED = 5000;
  private static final int ONE_MESSAGE = 2048;
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  /** A core's time, whatever else the machine does. */
  private static final ThreadMXBean PROCESSOR = ManagementFactory.getThreadMXBean();

  private final Reports reports = new Reports();

  private VerifyBench() throws Exception {}

  /**
   * Measures and prints.
   *
   * @return whether what is asked for was reached
   */
  public static boolean run() throws Exception {
    System.out.println("reports verified in a second, one core, three models, nothing stored:");
    VerifyBench bench = new VerifyBench();
    boolean reached = true;
    Fleet ecc = bench.fleet(AttestationKind.ECC_P256);
    Fleet rsa = bench.fleet(AttestationKind.RSA_2048);
    ecc.measure("ecc-p256, by digest, cold, platform", COLD, false);
    ecc.measure("ecc-p256, by digest, warm, platform", WARM, false);
    ecc.measure("ecc-p256, with logs, warm, platform", WARM, true);
    rsa.measure("rsa-2048, by digest, warm, platform", WARM, false);
    if (!NativeSignatures.prefer()) {
      System.out.println(
          "  MISS  corretto does not load on this machine: the rest is not measured");
      return false;
    }
    double fast = ecc.measure("ecc-p256, by digest, warm, corretto", WARM, false);
    ecc.measure("ecc-p256, with logs, warm, corretto", WARM, true);
    rsa.measure("rsa-2048, by digest, warm, corretto", WARM, false);
    reached &= new StoredBench(bench.reports).run();
    reached &= ask("by digest, warm, corretto: at least " + ASKED, fast >= ASKED);
    reached &= ask("a report in one message: at most 2048 bytes", ecc.bytes() <= ONE_MESSAGE);
    System.out.printf(
        Locale.ROOT,
        "  on the wire: %d bytes (ecc-p256), %d (rsa-2048)%n",
        ecc.bytes(),
        rsa.bytes());
    return reached;
  }

  static boolean ask(String what, boolean holds) {
    System.out.println("  " + (holds ? "ok    " : "MISS  ") + what);
    return holds;
  }

  private Fleet fleet(AttestationKind kind) throws Exception {
    Fleet fleet = new Fleet();
    for (int i = 0; i < DEVICES; i++) {
      SoftwareDevice device = reports.device(kind);
      fleet.registry.add(device.enrolled(NOW));
      fleet.devices.add(device);
    }
    return fleet;
  }

  private final class Fleet {
    private final MemoryRegistry registry = new MemoryRegistry();
    private final List<SoftwareDevice> devices = new ArrayList<>();

    int bytes() throws Exception {
      return reports.report(devices.get(0), NOW).wire().length();
    }

    /**
     * @param count so many, after as many as make the machine warm, if that is more than {@link
     *     #COLD}
     * @param withLogs whether the whole travels, as a file has it, and nothing is known before
     * @return reports a second
     */
    double measure(String name, int count, boolean withLogs) throws Exception {
      if (count > COLD) {
        verify(WARM_UP, withLogs);
      }
      double rate = count / (verify(count, withLogs) / 1e9);
      System.out.printf(Locale.ROOT, "  %-40s %8.0f%n", name, rate);
      return rate;
    }

    /** Nanoseconds of a core that so many fresh ones take. */
    private long verify(int count, boolean withLogs) throws Exception {
      List<Reports.Report> sent = new ArrayList<>();
      List<byte[]> files = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Reports.Report report = reports.report(devices.get(i % devices.size()), NOW);
        sent.add(report);
        files.add(withLogs ? report.whole().write() : new byte[0]);
      }
      KnownLogs known = reports.known();
      Verifier verifier = new Verifier(registry.asRegistry(), reports.policy());
      long begin = PROCESSOR.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        Reports.Report report = sent.get(i);
        if (withLogs) {
          Evidence whole = Evidence.read(files.get(i));
          Reports.requireAffirming(verifier.appraise(whole, report.nonce(), NOW).result());
        } else {
          Reports.appraise(verifier, report, known, NOW);
        }
      }
      return PROCESSOR.getCurrentThreadCpuTime() - begin;
    }
  }
}
