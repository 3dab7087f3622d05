// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.Call;
import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.Route;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.release.SuiteManifest;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/**
 * {@code /bartizan/v1/suites} on the applications' socket: which versions belong together, and the
 * configuration that came with them. A suite is there while all of its models serve.
 */
public final class SuitesRoute implements Route {
  private final ModelService service;

  public SuitesRoute(ModelService service) {
    this.service = service;
  }

  @Override
  public String prefix() {
    return "bartizan/v1/suites";
  }

  /** A configuration may say more than every web page in a local browser should know. */
  @Override
  public boolean reachableByTcp() {
    return false;
  }

  @Override
  public Answer answer(Call call) throws IOException, Refusal {
    if (!call.path().equals(List.of("bartizan", "v1", "suites"))) {
      throw CallRefusal.notFound();
    }
    call.allow("GET");
    ObjectNode json = StrictJson.object();
    ArrayNode suites = json.putArray("suites");
    service.suites().forEach(suite -> suites.add(describe(suite)));
    return Answer.json(200, StrictJson.write(json));
  }

  private static ObjectNode describe(SuiteManifest suite) {
    ObjectNode json =
        StrictJson.object()
            .put("name", suite.release().name())
            .put("version", suite.release().version());
    ObjectNode members = json.putObject("members");
    new TreeMap<>(suite.members())
        .forEach((component, member) -> members.put(component, member.version()));
    json.set("configuration", suite.configuration());
    return json;
  }
}
