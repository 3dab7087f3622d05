// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuiteManifestTest {
  private static final Digest SOME = Digest.of(new byte[1]);
  private static final SuiteManifest SUITE =
      new SuiteManifest(
          new ReleaseName("line3", "2.0.0"),
          Map.of(
              "defect", new SuiteManifest.Member("1.1.0", SOME),
              "software/agent", new SuiteManifest.Member("0.2.0", SOME)),
          StrictJson.object().put("threshold", 0.75));

  @Test
  void itReadsBackAsItWasWritten() throws Exception {
    assertEquals(SUITE, SuiteManifest.parse(SUITE.toJson()));
  }

  @Test
  void eachMemberIsFoundUnderTheRoleThatMayReleaseIt() throws Exception {
    assertEquals("models/defect/1.1.0/release.json", SuiteManifest.memberTarget("defect", "1.1.0"));
    assertEquals(
        "software/agent/0.2.0/software.json",
        SuiteManifest.memberTarget("software/agent", "0.2.0"));
  }

  @Test
  void membersThatAreNoReleasesAreRefusedByName() throws Exception {
    String json = new String(SUITE.toJson(), UTF_8);
    for (String wrong :
        new String[] {"../../root", "suite/other", "software/a/b", "software/", "", "Defect"}) {
      refused(json.replace("\"defect\"", "\"" + wrong + "\""), "suite.json.members");
    }
    refused(json.replace("software/agent", "defect"), "twice");
    refused(json.replaceAll("\"members\":\\[.*\\],", "\"members\":[],"), "there are none");
    refused(json.replace("bartizan-suite/1", "bartizan-suite/2"), "schema");
    refused(json.replace("{\"threshold\":0.75}", "[1]"), "configuration");
  }

  private static void refused(String json, String because) {
    Malformed refusal =
        assertThrows(Malformed.class, () -> SuiteManifest.parse(json.getBytes(UTF_8)), json);
    assertTrue(String.valueOf(refusal.getMessage()).contains(because), refusal.getMessage());
  }
}
