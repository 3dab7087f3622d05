// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetPlanTest {
  /** GeneralName's kind of an address, as Java's certificates number it. */
  private static final int IP_ADDRESS = 7;

  @TempDir private Path folder;

  @Test
  void anAddressIsAnAddressInCertificatesHoweverItIsWritten() throws Exception {
    FleetPlan plan = plan("[::1]", "::1", "127.0.0.1", "localhost");
    assertEquals(List.of("::1", "::1", "127.0.0.1", "localhost"), plan.hosts());
    CertificateAuthority authority =
        CertificateAuthority.create(
            new SharedDirectory(folder), "fleet.example", new MovableClock(), FleetOfOne.RANDOM);
    X509Certificate certificate =
        authority.issueServer(plan.hosts(), Duration.ofDays(1)).certificate();
    assertEquals(
        List.of("0:0:0:0:0:0:0:1", "0:0:0:0:0:0:0:1", "127.0.0.1"),
        certificate.getSubjectAlternativeNames().stream()
            .filter(name -> name.get(0).equals(IP_ADDRESS))
            .map(name -> name.get(1).toString())
            .collect(Collectors.toList()));
  }

  @Test
  void inAUrlAnAddressWithColonsIsInBrackets() {
    assertEquals("[::1]", FleetPlan.inUrl("::1"));
    assertEquals("[::1]", FleetPlan.inUrl("[::1]"));
    assertEquals("fleet.example", FleetPlan.inUrl("fleet.example"));
  }

  private static FleetPlan plan(String... hosts) {
    return new FleetPlan(FleetOfOne.SETTINGS, List.of(hosts));
  }
}
