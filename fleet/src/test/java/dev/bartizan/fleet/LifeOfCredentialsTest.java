// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.fleet.LifeOfCredentials.Rule;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.SharedDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator chooses of how long devices' credentials live. */
final class LifeOfCredentialsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path folder;

  @Test
  void whatIsChosenReadsBack() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    LifeOfCredentials life =
        new LifeOfCredentials(
            Duration.ofHours(8),
            List.of(
                rule(Optional.of("line-3"), TrustTier.WARNING, Duration.ofMinutes(10)),
                rule(Optional.empty(), TrustTier.AFFIRMING, HOUR)));
    FleetSettings settings = FleetOfOne.SETTINGS.with(life);

    settings.store(directory);

    assertEquals(settings, FleetSettings.load(directory));
  }

  @Test
  void theFirstRuleThatFitsCountsAndNoneGivesNone() {
    Rule special = rule(Optional.of("line-3"), TrustTier.WARNING, HOUR);
    Rule usual = rule(Optional.empty(), TrustTier.AFFIRMING, HOUR);
    LifeOfCredentials life = new LifeOfCredentials(HOUR, List.of(special, usual));

    assertEquals(Optional.of(special), life.rule(Protection.Kind.TPM2, "line-3"));
    assertEquals(Optional.of(usual), life.rule(Protection.Kind.TPM2, "default"));
    assertEquals(Optional.empty(), life.rule(Protection.Kind.SOFTWARE, "default"));
  }

  @Test
  void aFileThatChoosesNothingHasTheDefault() throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    write(
        directory,
        "{\"schema\":\"bartizan-fleet/1\",\"trust_domain\":\"fleet.example\","
            + "\"broker\":\"ssl://localhost:8883\","
            + "\"operator_broker\":\"ssl://localhost:8884\","
            + "\"repository\":\"http://localhost:8080/\"}");

    assertEquals(LifeOfCredentials.DEFAULT, FleetSettings.load(directory).life());
    assertEquals(Duration.ofHours(24), LifeOfCredentials.DEFAULT.identity());
  }

  @Test
  void fromAMinuteToNinetyDaysAndNothingElse() {
    assertEquals(60, LifeOfCredentials.of(Duration.ofSeconds(60)).identity().toSeconds());
    assertEquals(90, LifeOfCredentials.of(Duration.ofDays(90)).identity().toDays());
    for (Duration wrong :
        List.of(Duration.ZERO, Duration.ofSeconds(59), Duration.ofDays(90).plusSeconds(1))) {
      assertThrows(IllegalArgumentException.class, () -> LifeOfCredentials.of(wrong));
    }
  }

  @Test
  void noRuleRenewsUponNothingOrTheWorst() {
    for (TrustTier tier : List.of(TrustTier.NONE, TrustTier.CONTRAINDICATED)) {
      assertThrows(IllegalArgumentException.class, () -> rule(Optional.empty(), tier, HOUR));
    }
  }

  @Test
  void whoComesBackGetsAnHourOfADayAndAMinuteAtLeast() {
    assertEquals(HOUR, LifeOfCredentials.DEFAULT.identityOfReturned());
    Duration minute = Duration.ofMinutes(1);
    assertEquals(minute, LifeOfCredentials.of(minute).identityOfReturned());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"worst\":\"none\"'",
    "'\"worst\":\"good\"'",
    "'\"keystore\":\"abacus\"'",
    "'\"age_seconds\":0'",
    "'\"age_seconds\":99999999'"
  })
  void aRuleThatSaysOtherThingsIsRefused(String changed) throws Exception {
    SharedDirectory directory = new SharedDirectory(folder);
    FleetOfOne.SETTINGS.store(directory);
    String text = new String(directory.read("fleet.json", 16 * 1024), StandardCharsets.UTF_8);
    String key = changed.substring(0, changed.indexOf(':'));
    write(directory, text.replaceFirst(key + "\\s*:\\s*[^,}\\s]+", changed));

    assertThrows(Malformed.class, () -> FleetSettings.load(directory));
  }

  private static void write(SharedDirectory directory, String json) throws Exception {
    directory.write("fleet.json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static Rule rule(Optional<String> profile, TrustTier worst, Duration age) {
    return new Rule(Protection.Kind.TPM2, profile, worst, age);
  }
}
