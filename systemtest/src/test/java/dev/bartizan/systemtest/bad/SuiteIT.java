// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Two models, a configuration and the agent itself, which move as one. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SuiteIT extends SelfUpdating {
  private static final String CROP = "crop";

  @Test
  @Order(1)
  void allMembersComeTogetherAndTheApplicationFindsWhatTheyAre() throws Exception {
    releaseCrop("1.0.0");
    suite("1.0.0", "{\"threshold\":0.5}", MODEL + "=1.0.0", CROP + "=1.0.0");
    assertEquals(0, updateSuite("1.0.0").exit());
    assertTogether("1.0.0", "1.0.0", "1.0.0", 0.5);
    // The model that was here already was neither fetched nor loaded anew.
    assertEquals("1.0.0", device().serving(MODEL));
  }

  @Test
  @Order(2)
  void theAgentAndItsModelsMoveInOneStep() throws Exception {
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"), "--delta-from", "1.0.0");
    releaseCrop("1.1.0");
    deliver(tree("0.2.0"), "0.2.0");
    suite(
        "2.0.0", "{\"threshold\":0.75}", MODEL + "=1.1.0", CROP + "=1.1.0", "software/agent=0.2.0");
    Outcome look = device().run("update", "--check", "suite/line", "2.0.0").expect(0);
    assertTrue(look.out().contains("defect: make 1.1.0 from 1.0.0"), look.out());
    assertTrue(look.out().contains("software/agent: fetch files that are new"), look.out());

    Outcome end = updateSuite("2.0.0");

    assertEquals(0, end.exit(), end.out() + end.err());
    assertEquals("0.2.0", running());
    assertTogether("2.0.0", "1.1.0", "1.1.0", 0.75);
    device().run("history", "--verify").expect(0);
    assertEquals(0, device().run("check").exit());
  }

  @Test
  @Order(3)
  void oneMemberThatIsBadTakesAllOfThemBack() throws Exception {
    releaseCrop("1.2.0");
    deliver(BadAgent.EXITS.spoil(tree("0.2.1")), "0.2.1");
    suite(
        "3.0.0", "{\"threshold\":1.0}", MODEL + "=1.1.0", CROP + "=1.2.0", "software/agent=0.2.1");

    assertAnswer(updateSuite("3.0.0"), "rolled-back", "GIVEN_UP");

    await("the version before", () -> running().equals("0.2.0"));
    assertTogether("2.0.0", "1.1.0", "1.1.0", 0.75);
  }

  @Test
  @Order(4)
  void goingBackTakesTheModelsAndTheConfigurationBack() throws Exception {
    Outcome back = lab().command("rollback", "suite=line");

    assertEquals(0, back.exit(), back.out() + back.err());
    assertTogether("1.0.0", "1.0.0", "1.0.0", 0.5);
    assertEquals("0.2.0", running(), "the first suite said nothing of the agent");
  }

  @Test
  @Order(5)
  void aMemberThatIsReplacedAloneIsNoticedAndNoSuiteIsOffered() throws Exception {
    assertEquals(0, update("1.1.0").exit());
    awaitProblem("suite/line", "defect is not 1.0.0");
    assertEquals(0, device().suites().size());
    assertEquals(0, updateSuite("1.0.0").exit());
    awaitNoProblem("suite/line");
    assertTogether("1.0.0", "1.0.0", "1.0.0", 0.5);
  }

  private void assertTogether(String suite, String model, String crop, double threshold)
      throws Exception {
    await("suite " + suite, () -> device().suites().path(0).path("version").asText().equals(suite));
    JsonNode offered = device().suites().path(0);
    assertEquals(threshold, offered.path("configuration").path("threshold").asDouble());
    assertEquals(model, offered.path("members").path(MODEL).asText());
    awaitServing(model);
    assertEquals(crop, device().serving(CROP));
    JsonNode status = device().status().path("suites").path(0);
    assertEquals(suite, status.path("version").asText());
    assertTrue(status.path("complete").asBoolean());
  }

  private void releaseCrop(String version) throws Exception {
    // Another model with the same weights as one that is here: what it does is not the point.
    Path model = Models.file(version.equals("1.0.0") ? "1.0.0" : "1.1.0");
    lab()
        .operator()
        .release(
            "model",
            model.toString(),
            "--name",
            CROP,
            "--version",
            version,
            "--probation",
            "2",
            "--max-latency-percent",
            "100000")
        .expect(0);
  }

  private void deliver(AgentTree tree, String version) throws Exception {
    lab()
        .operator()
        .release("software", tree.home().toString(), "--version", version, "--deliver")
        .expect(0);
  }

  private void suite(String version, String configuration, String... members) throws Exception {
    Path file = Files.writeString(home().resolve("configuration.json"), configuration);
    String[] command = {"suite", "line", "--version", version, "--configuration"};
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.add(file.toString());
    for (String member : members) {
      arguments.add("--member");
      arguments.add(member);
    }
    lab().operator().release(arguments.toArray(new String[0]));
  }

  private Outcome updateSuite(String version) throws Exception {
    return lab().command("update", "suite=line", "version=" + version);
  }
}
