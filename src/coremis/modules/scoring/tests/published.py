"""Small copies of published formulas, as a file of them writes them (rulebook 2.2.3 and 2.2.4)."""

TANZANIA = {
    "code": "TZ-PSSN", "kind": "linear", "direction": "lower_is_poorer", "round": 3, "intercept": "11.688", "household_size": "-0.100",
    "members_15_64": "-0.043", "urban": "0",
    "asset_codes": {
        "1": "0.367", "4": "0.259", "5": "0.179", "9": "0.250", "12": "0.032", "18": "0.104", "22": "0.190", "25": "0.220", "27": "0.045",
        "28": "0.029", "37": "0.053", "38": "0.055", "41": "0.058", "42": "0.013", "43": "0.078", "44": "0.050",
    },
    "cutoff": {"POOR": "<= 11.010"}, "source": "rulebook 2.2.3", "note": "asset legend not published",
    "golden": [
        {"size": 7, "adults": 3, "assets": ["9", "27"], "score": "11.154", "poor": False},
        {"size": 4, "adults": 2, "assets": [], "score": "11.202", "poor": False},
        {"size": 6, "adults": 2, "assets": [], "score": "11.002", "poor": True},
    ],
}  # fmt: skip
MALAWI = {
    "code": "MW-2015", "kind": "points", "direction": "lower_is_poorer",
    "items": {
        "members": {"7+": 0, "6": 4, "5": 10, "4": 15, "1-3": 31},
        "female_head_reads": {"no": 0, "chichewa_only": 4, "english": 8, "no_female_head": 13}, "floor": {"mud_sand": 0, "other": 8},
        "walls": {"mud_grass": 0, "unfired_brick": 5, "other": 8}, "roof": {"grass_plastic_other": 0, "iron_tile_concrete": 3},
        "toilet": {"none_or_shared_roofless": 0, "own_roofless_or_shared_roofed": 4, "own_roofed_vip_flush": 6},
        "lighting": {"firewood_grass_gas": 0, "paraffin_other": 8, "battery_candle_electric": 13}, "bednet": {"no": 0, "yes": 5},
        "table": {"no": 0, "yes": 9}, "bed": {"no": 0, "yes": 4},
    },
    "likelihood_national_line": [100.0, 86.5, 85.9, 85.6, 77.6, 64.8, 55.1, 47.1, 39.6], "source": "rulebook 2.2.4",
}  # fmt: skip
BURUNDI = {
    "code": "BI-PMT-2", "country": "BI", "kind": "linear", "direction": "lower_is_poorer", "round": "truncate(1000*sum)",
    "selection": "rank_within_area_quota", "source": "rulebook 2.2.2",
    "strata": {
        "urban": {
            "intercept": "9.397", "head_male": "0.132", "head_age": "-0.005",
            "size": {"1": "0", "2": "-0.068", "3": "-0.165", "4": "-0.268", "5": "-0.321", "6": "-0.415", "7": "-0.465", "8+": "-0.540"},
            "dependency_ratio": "0.048",
            "head_education": {
                "none": "0", "primary_incomplete": "0.058", "primary_complete": "0.082", "years_7_10": "0.128", "upper_secondary": "0.252",
                "university": "0.345",
            },
            "rooms_per_person": "0.261", "lighting_non_grid": "-0.064", "cooking_charcoal_gas": "0.191", "toilet_not_flush": "-0.236",
            "toilet_none": "-0.178", "radio": "0.119", "smartphone": "0.187", "mattress": "0.239", "bicycle": "0.122",
            "province": {
                "04,06,15,16": "-0.097", "07,08,09,12,14": "0.014", "03,10,18": "-0.187", "01,02,05,11,13": "-0.103", "other": "0",
            },
        },
        "rural": {
            "intercept": "9.835", "head_male": "0.117", "head_age": "-0.002",
            "size": {"1": "0", "2": "-0.346", "3": "-0.533", "4": "-0.696", "5": "-0.807", "6": "-0.941", "7": "-1.030", "8+": "-1.181"},
            "dependency_ratio": "0.036",
            "head_education": {
                "none": "0", "primary_incomplete": "0.074", "primary_complete": "0.036", "years_7_10": "0.109", "upper_secondary": "0.292",
                "university": "0.322",
            },
            "rooms_per_person": "0.231", "lighting_non_grid": "-0.054", "cooking_charcoal_gas": "0.346", "roof_poor": "-0.105",
            "floor_stone_brick": "-0.122", "floor_cement_tile": "0.059", "toilet_not_flush": "-0.248", "toilet_none": "-0.115",
            "radio": "0.086", "smartphone": "0.136", "mattress": "0.226", "bicycle": "0.091", "hoe": "0.112", "machete": "0.067",
            "province": {"04,06,15,16": "0", "07,08,09,12,14": "0.048", "03,10,18": "0.078", "01,02,05,11,13": "0.012", "other": "0"},
        },
    },
    "golden": [
        {"stratum": "rural", "in": "male 45, 6 people 3/0/3, primary incomplete, 2 rooms, torch, firewood, iron roof, hoe, prov 07", "score": 8966},
        {"stratum": "urban", "in": "female 38, 4 people 2/0/2, university, 4 rooms, grid, charcoal, flush, prov 17", "score": 10329},
    ],
}  # fmt: skip
